// What does something to a tournament.
import { property } from "lit/decorators.js";
import { Trying } from "../pages/trying";
import type { Act, TournamentConnection } from "./connection";

export abstract class Acting extends Trying {
  @property({ attribute: false }) connection!: TournamentConnection;

  /** True when it was done. */
  protected act(act: Act): Promise<boolean> {
    return this.attempt(() => this.connection.act(act));
  }
}
