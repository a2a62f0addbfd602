// What does something to a tournament: one act at a time, and a refusal is shown.
import { property, state } from "lit/decorators.js";
import { explain } from "../i18n";
import { Page } from "../pages/page";
import type { Act, TournamentConnection } from "./connection";

export abstract class Acting extends Page {
  @property({ attribute: false }) connection!: TournamentConnection;
  @state() protected trouble = "";
  @state() protected busy = false;

  /** True when it was done. */
  protected async act(act: Act): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = "";
    try {
      await this.connection.act(act);
      return true;
    } catch (error) {
      this.trouble = explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
