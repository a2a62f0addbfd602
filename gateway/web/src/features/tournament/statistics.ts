// Statistics of each entrant over the whole tournament, as the referee measured them.
import { type TemplateResult, html, nothing } from "lit";
import { durationText, integerText } from "../../i18n";
import { tournamentMessages } from "./labels";
import type { Tournament } from "./model";

/** A line for each entrant who played, in the order of the table. */
export function statistics(tournament: Tournament): TemplateResult | typeof nothing {
  const w = tournamentMessages();
  const { result } = tournament;
  const played = (result?.entrants ?? []).filter(({ matches }) => matches);
  if (!played.length) return nothing;
  const placed = (result?.standings?.lines ?? []).filter(({ group }) => !group).map(({ entrant }) => entrant);
  const place = (entrant: number): number => (placed.includes(entrant) ? placed.indexOf(entrant) : placed.length);
  const lines = [...played].sort((a, b) => place(a.entrant) - place(b.entrant) || a.entrant - b.entrant);
  return html`<section class="stack" data-testid="statistics"
    ><h2>${w.perPlayer}</h2
    ><div class="scroll"
      ><table class="standings">
        <thead
          ><tr
            ><th scope="col"></th
            ><th scope="col">${w.entrant}</th>${w.measures.map((measure) => html`<th scope="col">${measure}</th>`)}</tr
          ></thead
        >
        <tbody
          >${lines.map(
            (line) =>
              html`<tr
                ><td></td><th scope="row"><bdi>${tournament.nameOf(line.entrant)}</bdi></th>
                <td>${line.wins} / ${line.matches}</td><td>${line.pointsFor} : ${line.pointsAgainst}</td
                ><td>${integerText(Number(line.hits))}</td> <td>${line.longestRally}</td
                ><td>${integerText(line.topSpeed / 100)}</td><td>${durationText(Number(line.playUs))}</td></tr
              >`,
          )}</tbody
        >
      </table></div
    ></section
  >`;
}
