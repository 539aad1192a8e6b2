"""What every step of setting up and starting needs at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daybook.checkout import Checkout
from daybook.progress import Progress
from daybook.supervision.processes import Program, Supervisor
from daybook.supervision.state import State


@dataclass(frozen=True)
class Worksite:
    checkout: Checkout
    state: State
    supervisor: Supervisor
    progress: Progress
    environment: Mapping[str, str]

    async def run(
        self, name: str, *argv: str | Path, cwd: Path | None = None, variables: Mapping[str, str] | None = None
    ) -> str:
        """Run a command to its end; its output goes to a log named after it, and is returned."""
        program = Program(
            name,
            argv,
            env={**self.environment, **(variables or {})},
            cwd=cwd or self.checkout.root,
            grace_seconds=3,
        )
        return await self.supervisor.run_to_end(program)
