// Base class of elements that send acts to a tournament.
import { property } from "lit/decorators.js";
import { ActionElement } from "../../components/action-element";
import type { Act, TournamentConnection } from "./connection";

export abstract class TournamentActionElement extends ActionElement {
  @property({ attribute: false }) connection!: TournamentConnection;

  /** True when it was done, or somebody was asked who has to accept it: then `invited` is set. */
  protected act(act: Act): Promise<boolean> {
    this.invited = false;
    return this.run(async () => {
      this.invited = (await this.connection.act(act)).invited;
    });
  }

  protected invited = false;
}
