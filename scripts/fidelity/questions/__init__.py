"""The questions, by subject. Each module registers its own; expected.json says what each is expected to answer."""

from scripts.fidelity.questions import ends as ends
from scripts.fidelity.questions import events as events
from scripts.fidelity.questions import frames as frames
from scripts.fidelity.questions import handshake as handshake
from scripts.fidelity.questions import management as management
from scripts.fidelity.questions import messages as messages
from scripts.fidelity.questions import posts as posts
from scripts.fidelity.questions import signatures as signatures
from scripts.fidelity.questions import throttles as throttles
from scripts.fidelity.questions import time as time
