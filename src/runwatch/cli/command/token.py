"""``runwatch token``: secrets for programs that speak to the server: of users, and of single runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from runwatch.cli import door, figure
from runwatch.cli.command.user import RoleName
from runwatch.cli.lookup import find_run
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from runwatch.server.auth.run_token import RunToken
    from runwatch.server.auth.token import Token

UserOption = Annotated[str | None, typer.Option("--user", metavar="NAME", help="The user whose token it is.")]
RunOption = Annotated[str | None, typer.Option("--run", metavar="RUN", help="The one run that the token is for.")]


def create(
    session: Session,
    user: UserOption = None,
    run: RunOption = None,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What a user's token is for.")] = "command line",
    role: Annotated[
        RoleName, typer.Option("--role", help="What it may do, at most what its user may.")
    ] = "contributor",
    days: Annotated[float | None, typer.Option("--days", help="How long it holds: 90, or 1 for a run's.")] = None,
) -> None:
    """Make a token and print it, once."""
    from runwatch.server.auth import run_token
    from runwatch.server.auth import token as user_token
    from runwatch.server.auth.role import Role

    if (user is None) is (run is None):
        raise InvalidValueError("A token is for a user or for a run.", hint="Give --user NAME or --run RUN.")
    made: Token | RunToken
    with door.opened(session, make=True) as access:
        if user is not None:
            lasts_s = user_token.DEFAULT_S if days is None else days * 86_400
            made, secret = access.tokens.create(access.users.named(user), name, Role(role), lasts_s)
            door.note(access, "tokens.create", f"user={made.user} name={name} token_id={made.token_id}")
        else:
            found = find_run(session.store(), str(run))
            lasts_s = run_token.DEFAULT_S if days is None else days * 86_400
            made, secret = access.run_tokens.create(found.run_id, found.attempt, "command line", lasts_s)
            door.note(access, "run_tokens.create", f"run_id={found.run_id} token_id={made.token_id}")
    if session.terminal.as_json:
        session.terminal.json({"token": made, "secret": secret})
        return
    session.terminal.line(secret)
    session.terminal.note(f"It holds until {figure.moment(made.expires_at)} and is not shown again.")


def list_tokens(session: Session, user: UserOption = None, run: RunOption = None) -> None:
    """List tokens of users, or those of a run, without their secrets."""
    with door.opened(session) as access:
        if run is not None:
            jobs = access.run_tokens.list(find_run(session.store(), run).run_id)
            _show(session, jobs, _run_columns(jobs))
            return
        user_id = access.users.named(user).user_id if user is not None else None
        tokens = access.tokens.list(user_id)
    columns = [
        TableColumn("USER", [visible(each.user) for each in tokens], least=NAME_CHARS),
        TableColumn("NAME", [visible(each.name) for each in tokens], least=NAME_CHARS),
        TableColumn("ROLE", [each.role.value for each in tokens]),
    ]
    _show(session, tokens, columns)


def _run_columns(tokens: Sequence[RunToken]) -> list[TableColumn]:
    return [
        TableColumn("ATTEMPT", [str(each.attempt) for each in tokens], right=True),
        TableColumn("MADE BY", [visible(each.created_by) for each in tokens], least=NAME_CHARS),
    ]


def _show(session: Session, tokens: Sequence[Token | RunToken], columns: list[TableColumn]) -> None:
    """Print tokens: what all have in common, around the columns of their kind."""
    if session.terminal.as_json:
        session.terminal.json({"tokens": tokens})
    elif not tokens:
        session.terminal.note("No tokens.")
    else:
        named = TableColumn("TOKEN", [each.token_id for each in tokens])
        show_table(session.terminal, [named, *columns, *_times(tokens)])


def _times(tokens: Sequence[Token | RunToken]) -> list[TableColumn]:
    states = [
        f"revoked {figure.moment(each.revoked_at)}" if each.revoked_at else f"until {figure.moment(each.expires_at)}"
        for each in tokens
    ]
    return [
        TableColumn("USED", [figure.ago(each.used_at) for each in tokens]),
        TableColumn("HOLDS", states),
    ]


def revoke(session: Session, token_id: Annotated[str, typer.Argument(metavar="TOKEN", help="The token's id.")]) -> None:
    """End a token at once."""
    ended: Token | RunToken
    with door.opened(session) as access:
        try:
            ended = access.tokens.revoke(token_id)
        except NotFoundError:
            ended = access.run_tokens.revoke(token_id)
        door.note(access, "tokens.revoke", f"token_id={token_id}")
    if session.terminal.as_json:
        session.terminal.json(ended)
    else:
        session.terminal.line(f"Revoked {ended.token_id}")
