/** Calls of the server, typed by its own document: an operation's path, a request, an answer. */
import { base } from "../base/place";
import { Failure } from "./failure";
import type { paths as AnswerPaths, components as Answers } from "./schema/answer";
import type { paths as AskPaths } from "./schema/ask";

const API = "/api/v1";

type Body<Path> = Path extends { post: { requestBody: { content: { "application/json": infer Found } } } }
  ? Found
  : never;
type Answer<Path> = Path extends { post: { responses: { 200: { content: { "application/json": infer Found } } } } }
  ? Found
  : never;
type Short<Path> = Path extends `/api/v1${infer Rest}` ? Rest : never;

/** The path of an operation below the API: `/runs:list`. */
export type Operation = {
  [Path in keyof AskPaths]: Answer<AskPaths[Path]> extends never ? never : Short<Path>;
}[keyof AskPaths];
export type AskOf<Name extends Operation> = Body<AskPaths[`/api/v1${Name}` & keyof AskPaths]>;
export type AnswerOf<Name extends Operation> = Answer<AnswerPaths[`/api/v1${Name}` & keyof AnswerPaths]>;

/** Every struct that the server answers with, by name. */
export type Schemas = Answers["schemas"];

/** The address of something below the API, for links and pictures. */
export function apiAddress(path: string, ask: Record<string, string> = {}): string {
  const tail = new URLSearchParams(ask).toString();
  return `${base.replace(/\/$/, "")}${API}${path}${tail ? `?${tail}` : ""}`;
}

interface Sending {
  verb?: "GET" | "POST" | "DELETE";
  signal?: AbortSignal | undefined;
}

/** Send a request; raises `Failure`. Who is no longer signed in sees the page of signing in. */
export async function send(path: string, body: unknown, accept: string, how: Sending = {}): Promise<Response> {
  const { verb = "POST", signal } = how;
  let answer: Response;
  try {
    answer = await fetch(apiAddress(path), {
      method: verb,
      credentials: "same-origin",
      // A page of another site cannot send this header, so that a cookie alone changes nothing.
      headers: { "content-type": "application/json", accept, "x-runwatch": "1" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(0, "unreachable", String(error));
  }
  if (answer.ok) return answer;
  if (answer.status === 401) location.reload();
  const said = (await answer.json().catch(() => ({}))) as Partial<Failure>;
  throw new Failure(answer.status, said.code ?? "error", said.message ?? answer.statusText, said.hint, said.detail);
}

/** Call an operation; raises `Failure`. */
export async function call<Name extends Operation>(
  name: Name,
  body: AskOf<Name>,
  signal?: AbortSignal,
): Promise<AnswerOf<Name>> {
  const answer = await send(name, body, "application/json", { signal });
  return (await answer.json()) as AnswerOf<Name>;
}

/** What an address below the API answers that has no request. */
export async function read<Found>(path: string, verb: "GET" | "DELETE" = "GET"): Promise<Found> {
  return (await send(path, undefined, "application/json", { verb })).json();
}
