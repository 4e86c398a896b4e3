/** The files of a run by folder, as far as folders were opened: a page at a time, anew when the run's files change. */
import { signal } from "@preact/signals";
import { type AnswerOf, type AskOf, call, type Schemas } from "../api/call";
import { Failure } from "../api/failure";
import { byText } from "../base/by-text";

export type Artifact = Schemas["Artifact"];

export interface Leaf {
  path: string;
  size_bytes: number;
}

/** What is known of a folder. */
export interface Listing {
  folders: readonly string[];
  files: readonly Leaf[];
  /** There are more than these. */
  more: boolean;
}

/** Where a tree takes its folders from. A folder's path has no slash at its end; the top is "". */
export interface Folders {
  /** What is known, undefined while it is on its way. Reading it in a component follows it. */
  list: (folder: string) => Listing | undefined;
  /** The next page of a folder. */
  more: (folder: string) => void;
}

type List = (ask: AskOf<"/artifacts:list">) => Promise<AnswerOf<"/artifacts:list">>;

interface Known {
  folders: string[];
  files: Artifact[];
  cursor: string | null;
  pages: number;
}

const PAGE = 500;
/** Pages of a folder that are read anew by themselves. */
const FRESH_PAGES = 4;

export class Shelf implements Folders {
  readonly failure = signal<Failure | null>(null);
  readonly #known = signal<ReadonlyMap<string, Known>>(new Map());
  readonly #asked = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #run: string;
  readonly #hides: (name: string) => boolean;
  readonly #prefix: string;
  readonly #ask: List;

  /**
   * @param hides Says which files and folders of the top are not shown.
   * @param prefix Only what starts with it, all in one list.
   */
  constructor(
    run: string,
    hides: (name: string) => boolean = () => false,
    prefix = "",
    ask: List = (wanted) => call("/artifacts:list", wanted),
  ) {
    this.#run = run;
    this.#hides = hides;
    this.#prefix = prefix;
    this.#ask = ask;
  }

  list(folder: string): Listing | undefined {
    const known = this.#known.value.get(folder);
    if (!known) {
      if (!this.#failed.has(folder)) void this.#read(folder, null);
      return undefined;
    }
    return { folders: known.folders, files: known.files, more: known.cursor !== null };
  }

  more(folder: string): void {
    const known = this.#known.peek().get(folder);
    if (known?.cursor) void this.#read(folder, known.cursor);
  }

  /** A file that a list has shown. */
  file(path: string): Artifact | undefined {
    const folder = this.#prefix ? "" : path.slice(0, Math.max(0, path.lastIndexOf("/")));
    return this.#known.value.get(folder)?.files.find((each) => each.path === path);
  }

  /** Read the folders that are known anew. */
  async refresh(): Promise<void> {
    for (const folder of this.#failed) {
      this.#failed.delete(folder);
      await this.#read(folder, null);
    }
    for (const [folder, known] of this.#known.peek())
      if (known.pages <= FRESH_PAGES && !this.#asked.has(folder)) await this.#read(folder, null, known.pages);
  }

  async #read(folder: string, cursor: string | null, pages = 1): Promise<void> {
    if (this.#asked.has(folder)) return;
    this.#asked.add(folder);
    try {
      const before = this.#known.peek().get(folder);
      let found: Known = cursor && before ? before : { folders: [], files: [], cursor: null, pages: 0 };
      let next = cursor;
      for (let page = 0; page < pages; page += 1) {
        const answer: AnswerOf<"/artifacts:list"> = await this.#ask({
          run_id: this.#run,
          prefix: this.#prefix,
          ...(this.#prefix ? {} : { folder }),
          limit: PAGE,
          cursor: next,
        });
        found = this.#joined(found, answer, folder);
        next = found.cursor;
        if (!next) break;
      }
      // The server's pages come byte by byte: where one page is all, names stand as people count.
      if (found.pages === 1 && !found.cursor) {
        found.folders.sort(byText);
        found.files.sort((a, b) => byText(a.path, b.path));
      }
      this.#known.value = new Map(this.#known.peek()).set(folder, found);
      this.failure.value = null;
    } catch (error) {
      this.failure.value = error instanceof Failure ? error : new Failure(0, "error", String(error));
      this.#failed.add(folder);
    }
    this.#asked.delete(folder);
  }

  #joined(before: Known, page: AnswerOf<"/artifacts:list">, folder: string): Known {
    const shown = (path: string) => folder !== "" || !this.#hides(path.split("/")[0]!);
    return {
      folders: [...before.folders, ...page.folders.filter(shown)],
      files: [...before.files, ...page.artifacts.filter((each) => shown(each.path))],
      cursor: page.next_cursor,
      pages: before.pages + 1,
    };
  }
}
