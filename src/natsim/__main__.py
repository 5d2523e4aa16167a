"""`python -m natsim` is the command `natsim`."""

from natsim.harness.cli import main

if __name__ == "__main__":
    main()
