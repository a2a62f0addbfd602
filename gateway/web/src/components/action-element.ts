// Base class of elements with actions that may be refused: the refusal is shown.
import { state } from "lit/decorators.js";
import { explain } from "../i18n";
import { PageElement } from "./page-element";

export abstract class ActionElement extends PageElement {
  @state() protected trouble = "";
  @state() protected busy = false;

  /** Runs an action unless another one is under way. True when it was done. */
  protected async run(action: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      return await this.attempt(action);
    } finally {
      this.busy = false;
    }
  }

  /** Runs an action whatever else is under way. True when it was done. */
  protected async attempt(action: () => Promise<void>): Promise<boolean> {
    this.trouble = "";
    try {
      await action();
      return true;
    } catch (error) {
      this.trouble = explain(error);
      return false;
    }
  }
}
