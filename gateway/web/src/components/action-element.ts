// Base class of elements with actions that may be refused: one at a time, and the refusal is shown.
import { state } from "lit/decorators.js";
import { explain } from "../i18n";
import { PageElement } from "./page-element";

export abstract class ActionElement extends PageElement {
  @state() protected trouble = "";
  @state() protected busy = false;

  /** True when it was done. */
  protected async run(action: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = "";
    try {
      await action();
      return true;
    } catch (error) {
      this.trouble = explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
