/** What a tab and the shared worker say to each other of the stream of changes, and how both open it. */

export interface Notice {
  rev: number;
  subject: string;
  what: readonly string[];
  experiment_id: string;
  at: number;
}

/** Whether changes arrive: `live` at once, `waiting` while the connection is being made anew. */
export type Standing = "live" | "waiting";

export interface WorkerMessage {
  standing?: Standing;
  notice?: Notice;
}

/** Where the stream is and up to which change the tab knows everything; or that it goes. */
export interface TabMessage {
  address?: string;
  after?: number;
  leave?: boolean;
}

/** After an answer that is no stream a browser gives up: we do not. */
export const AGAIN_MS = 2_000;

/** The stream of what changed behind that; of what is still to come where nothing is known. */
export function following(address: string, after: number | undefined): string {
  return after ? `${address}?after=${after}` : address;
}
