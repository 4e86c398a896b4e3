"""Users of a team's server: their names, roles and invitations. There is no default user and no default password."""

from __future__ import annotations

import re
import time
import unicodedata
import uuid
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from runwatch.schema.error import AuthenticationException, ConflictError, InvalidValueError, NotFoundError
from runwatch.server.auth import password as passwords
from runwatch.server.auth import session, ticket
from runwatch.server.auth.role import Role
from runwatch.server.state.database import State
from runwatch.server.state.table import tokens, users

_NAME: Final = re.compile(r"[\w.@+\-]{1,64}")


class User(Struct, frozen=True, kw_only=True):
    """A user.

    Attributes:
        user_id: Made by the server, never changes.
        name: Unique, letter case aside.
        role: What they may do.
        active: Whether they can sign in: they have a password or come from a provider.
        created_at: Seconds UTC.
    """

    user_id: str
    name: str
    role: Role
    active: bool
    created_at: float


class Users:
    """The users in the server's database.

    Args:
        state: The database.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def create(self, name: str, role: Role) -> tuple[User, str]:
        """A new user, and the secret of the invitation with which they choose a password.

        Raises:
            InvalidValueError: The name is none.
            ConflictError: It is taken.
        """
        check_name(name)
        row = {"user_id": uuid.uuid4().hex, "name": name, "name_key": key_of(name), "role": role.value}
        try:
            with self.state.write() as connection:
                connection.execute(insert(users).values(created_at=time.time(), **row))
                secret = ticket.create(connection, "invitation", ticket.INVITATION_S, row["user_id"])
        except IntegrityError as error:
            raise ConflictError(f"There is a user {name!r} already.", hint="Choose another name.") from error
        return self.get(row["user_id"]), secret

    def invite(self, user_id: str) -> str:
        """The secret of a new invitation, also for one who forgot the password; the one before is void."""
        with self.state.write() as connection:
            _row(connection, user_id)
            return ticket.create(connection, "invitation", ticket.INVITATION_S, user_id)

    def accept(self, secret: str, password: str) -> User:
        """Take an invitation up: sets the password and ends all sessions that the user has.

        Raises:
            AuthenticationException: There is no such invitation, or not any more.
            InvalidValueError: The password is easily guessed; the invitation still holds.
        """
        with self.state.write() as connection:
            taken = ticket.take(connection, "invitation", secret)
            if taken is None or taken.user_id is None:
                raise AuthenticationException(
                    "This invitation does not hold, or not any more.", hint="Ask an owner for a new one."
                )
            passwords.check(password, _row(connection, taken.user_id).name)  # undoes the taking if it raises
            self._set_password(connection, taken.user_id, password)
        return self.get(taken.user_id)

    def change_password(self, user_id: str, old: str, new: str, keep_session: str) -> None:
        """Set another password; ends all sessions but one.

        Raises:
            AuthenticationException: The old one is wrong.
            InvalidValueError: The new one is easily guessed.
        """
        with self.state.read() as connection:
            row = _row(connection, user_id)
        if not passwords.verify(row.password_hash, old):
            raise AuthenticationException("The old password is not right.")
        passwords.check(new, row.name)
        with self.state.write() as connection:
            self._set_password(connection, user_id, new, keep_session)

    def authenticate(self, name: str, password: str) -> User:
        """The user of this name and password.

        Raises:
            AuthenticationException: There is none; the text and the time it takes do not say which of the two is wrong.
        """
        with self.state.read() as connection:
            row = connection.execute(select(users).where(users.c.name_key == key_of(name))).one_or_none()
        if not passwords.verify(None if row is None else row.password_hash, password):
            raise AuthenticationException("Name and password do not belong together.")
        return _user(row)

    def provided(self, issuer: str, subject: str, name: str, role: Role) -> User:
        """The user that a provider knows as ``subject``; made at the first time, and given the role of their groups.

        Raises:
            ConflictError: Another user, who does not come from this provider, has the name.
        """
        with self.state.write() as connection:
            known = connection.execute(
                select(users).where(users.c.issuer == issuer, users.c.subject == subject)
            ).one_or_none()
            if known is not None:
                connection.execute(update(users).where(users.c.user_id == known.user_id).values(role=role.value))
                return _user(_row(connection, known.user_id))
            if connection.execute(select(users).where(users.c.name_key == key_of(name))).first() is not None:
                raise ConflictError(
                    f"There is another user {name!r} already.", hint="An owner can remove or rename that one."
                )
            user_id = uuid.uuid4().hex
            row = {"user_id": user_id, "name": check_name(name), "name_key": key_of(name), "role": role.value}
            connection.execute(insert(users).values(created_at=time.time(), issuer=issuer, subject=subject, **row))
            return _user(_row(connection, user_id))

    def get(self, user_id: str) -> User:
        """One user; `NotFoundError` if there is none."""
        with self.state.read() as connection:
            return _user(_row(connection, user_id))

    def named(self, name: str) -> User:
        """One user by name; `NotFoundError` if there is none."""
        with self.state.read() as connection:
            row = connection.execute(select(users).where(users.c.name_key == key_of(name))).one_or_none()
        if row is None:
            raise NotFoundError(f"There is no user {name[:100]!r}.", hint="runwatch user list shows them.")
        return _user(row)

    def list(self) -> tuple[User, ...]:
        """All users by name."""
        with self.state.read() as connection:
            return tuple(_user(row) for row in connection.execute(select(users).order_by(users.c.name_key)))

    def set_role(self, user_id: str, role: Role) -> User:
        """Give another role; holds at once, for tokens and open sessions too.

        Raises:
            ConflictError: It would leave the server without an owner.
        """
        with self.state.write() as connection:
            if role is not Role.OWNER:
                _keep_an_owner(connection, _row(connection, user_id))
            connection.execute(update(users).where(users.c.user_id == user_id).values(role=role.value))
            return _user(_row(connection, user_id))

    def remove(self, user_id: str) -> None:
        """Remove a user with all sessions and tokens.

        Raises:
            ConflictError: It would leave the server without an owner.
        """
        with self.state.write() as connection:
            _keep_an_owner(connection, _row(connection, user_id))
            connection.execute(delete(tokens).where(tokens.c.user_id == user_id))
            connection.execute(delete(users).where(users.c.user_id == user_id))

    @staticmethod
    def _set_password(connection: Connection, user_id: str, password: str, keep_session: str = "") -> None:
        hashed = passwords.hash_password(password)
        connection.execute(update(users).where(users.c.user_id == user_id).values(password_hash=hashed))
        session.end_all(connection, user_id, but=keep_session)


def check_name(name: str) -> str:
    """The name, if a user may have it: 1 to 64 letters, digits and ``._@+-``.

    Raises:
        InvalidValueError: Otherwise.
    """
    if _NAME.fullmatch(name):
        return name
    raise InvalidValueError(
        f"{name[:80]!r} cannot name a user.", hint="Use 1 to 64 letters, digits and any of . _ @ + -"
    )


def key_of(name: str) -> str:
    """What two names share that a reader could take for one another."""
    return unicodedata.normalize("NFKC", name[:200]).casefold()


def _row(connection: Connection, user_id: str) -> Any:
    row = connection.execute(select(users).where(users.c.user_id == user_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such user.", hint="List the users to see who is there.")
    return row


def _user(row: Any) -> User:
    active = row.password_hash is not None or row.issuer is not None
    return User(user_id=row.user_id, name=row.name, role=Role(row.role), active=active, created_at=row.created_at)


def _keep_an_owner(connection: Connection, row: Any) -> None:
    owners = select(func.count()).where(users.c.role == Role.OWNER.value, users.c.user_id != row.user_id)
    if row.role == Role.OWNER.value and not connection.execute(owners).scalar_one():
        raise ConflictError(
            f"{row.name} is the only owner.", hint="Make somebody else an owner first, so that the server has one."
        )
