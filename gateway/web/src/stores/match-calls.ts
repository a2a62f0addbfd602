// Who plays in a tournament is called on whatever page they are: these calls cannot wait.
import { Signal } from "../lib/signal";

export interface MatchCall {
  session: string;
  /** What the tournament is called. */
  title: string;
  big: string;
  small: string;
  /** The way there, in words. */
  way: string;
}

export const matchCalls = new Signal<readonly MatchCall[]>([]);
