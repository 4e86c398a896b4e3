/** What whoever looks at the studio may do. The server says it with the page, and decides of each request by itself. */

const said = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="runwatch-may"]')?.content;

/** Whether they may change runs and experiments: what would be refused is not offered. */
export const mayWrite: boolean = said === undefined || said.split(" ").includes("write");
