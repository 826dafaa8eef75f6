"""Fidelity, measured: the same questions to the local gateway, to emulators and to AWS. docs/fidelity.md is the result.

expected.json   what is asked and expected, one line for each question: what AWS refutes is changed here
not_asked.json  which tests of the gateway no question repeats, and why
questions/      the questions: functions that return an answer in a few words
asking          what they have in their hands; raw_socket and management are its two ends of the wire
probes/         the six handlers behind every target; node/ has them once more for serverless-offline
routes.json     the three APIs and their routes
target          what a target is; targets/ starts and stops each
terraform/      the probes on AWS and on MiniStack
run             asks everything
table, report   what was answered, and docs/fidelity.md
"""
