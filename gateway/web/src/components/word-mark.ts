// Name of the product, as a link to the home page.
import { type TemplateResult, html } from "lit";

export const wordMark = (): TemplateResult =>
  html`<a class="mark" href="/" aria-label="Matchpoint" data-testid="home">match<i></i>point</a>`;
