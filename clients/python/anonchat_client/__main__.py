import sys

from anonchat_client.talk.command import main

sys.exit(main())
