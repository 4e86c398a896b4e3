/** Addresses that may become links. */
import { safeHref } from "../files/log/ansi";

/** The address if it is one of http or https. */
export function safeLink(address: string | null | undefined): string | undefined {
  return address ? safeHref(address) : undefined;
}
