// Tabs, of which one is chosen.
import { type TemplateResult, html } from "lit";

/** Tabs that an arrow key goes on by. */
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** Tabs of `name`, of which one is chosen: arrows go from one to the next. */
export function tabs<T extends string>(
  all: readonly (readonly [T, string])[],
  chosen: T,
  choose: (tab: T) => void,
  name = "tab",
): TemplateResult {
  const turn = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (!step) return;
    const [next] = all[(all.findIndex(([tab]) => tab === chosen) + step + all.length) % all.length]!;
    choose(next);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-testid="${name}-${next}"]`)?.focus();
  };
  return html`<div class="tabs" role="tablist" @keydown=${turn}
    >${all.map(
      ([tab, label]) =>
        html` <button
          role="tab"
          class="quiet"
          data-testid=${`${name}-${tab}`}
          aria-selected=${tab === chosen}
          tabindex=${tab === chosen ? 0 : -1}
          @click=${() => choose(tab)}
          >${label}</button
        >`,
    )}</div
  >`;
}
