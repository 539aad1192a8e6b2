"""The local stack: real engines and every service as private children of one command.

Standard library only, so that it runs with the system's Python before anything is installed.
"""
