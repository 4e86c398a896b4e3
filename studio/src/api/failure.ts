/** What went wrong with a call, whoever was asked: the server, or a notebook's kernel. */

/** What the server says went wrong; `code` is stable, the words are its own. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string | null = null,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** The server could not be reached, or not now: the same call may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 429;
  }
}
