"""Who may come in: users, sessions, tokens, the audit log, all over one database, and the token of a local server."""

from __future__ import annotations

from pathlib import Path

from runwatch.server.auth import ticket
from runwatch.server.auth.audit import Audit
from runwatch.server.auth.refusal import Refusals
from runwatch.server.auth.run_token import RunTokens
from runwatch.server.auth.secret import new_secret, workspace_secret
from runwatch.server.auth.throttle import Throttle
from runwatch.server.auth.token import Tokens
from runwatch.server.auth.user import Users
from runwatch.server.state.database import State


class Access:
    """Everything that decides who may come in.

    Args:
        state: The server's database; None keeps all in memory.
        workspace_id: Tells the cookies of servers on one host apart.
        secret: The token of the one user of the machine, where the server has one.

    Attributes:
        users: Users of a team.
        tokens: Their API tokens.
        run_tokens: The tokens of jobs.
        audit: The audit log.
        throttle: Slows guessing down.
        refusals: Which refusals are written down.
    """

    def __init__(self, state: State | None = None, *, workspace_id: str = "", secret: str | None = None) -> None:
        self.state = state or State()
        self.workspace_id = workspace_id
        self.secret = secret
        self.users = Users(self.state)
        self.tokens = Tokens(self.state)
        self.run_tokens = RunTokens(self.state)
        self.audit = Audit(self.state)
        self.throttle = Throttle()
        self.refusals = Refusals()

    @classmethod
    def open(cls, folder: Path | None, workspace_id: str) -> Access:
        """That of a workspace.

        Args:
            folder: The workspace's folder, where database and token are made if need be; None keeps all in memory.
            workspace_id: The workspace's id.

        Raises:
            WorkspaceException: Somebody else may have made one of the files, or may read it.
        """
        if folder is None:
            return cls(workspace_id=workspace_id, secret=new_secret())
        return cls(State(folder), workspace_id=workspace_id, secret=workspace_secret(folder))

    def link(self, url: str, path: str = "/") -> str:
        """A link that signs its reader in, for the terminal.

        The token stands in the fragment, which browsers never send: it reaches no log, proxy or other site.

        Args:
            url: Where the server listens, e.g. ``http://127.0.0.1:8970``.
            path: The page to open.
        """
        assert self.secret is not None, "a server without a token has no link"
        return f"{url.rstrip('/')}{path}#token={self.secret}"

    def browser_link(self, url: str, path: str = "/") -> str:
        """A link that works once and for a minute, to start a browser with: other programs see its arguments."""
        return f"{url.rstrip('/')}{path}#token={ticket.browser_ticket(self.state)}"

    def close(self) -> None:
        """Close the database."""
        self.state.close()
