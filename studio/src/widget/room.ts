/** What all parts of one widget share: its channel, its source of charts, its clock. Two widgets of a page share nothing. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Channel } from "./channel";
import type { Clock } from "./clock";
import type { KernelSource } from "./kernel";
import type { Seed } from "./wire";

export interface Room {
  channel: Channel;
  source: KernelSource;
  clock: Clock;
  seed: Seed;
}

export const RoomContext = createContext<Room | null>(null);

export function useRoom(): Room {
  return useContext(RoomContext)!;
}
