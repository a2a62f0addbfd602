// Calls of a player to a match of a tournament, shown on every page: they cannot wait.
import { Signal } from "../lib/signal";

export interface MatchCall {
  session: string;
  /** Title of the tournament. */
  title: string;
  big: string;
  small: string;
  /** Label of the link. */
  way: string;
}

export const matchCalls = new Signal<readonly MatchCall[]>([]);
