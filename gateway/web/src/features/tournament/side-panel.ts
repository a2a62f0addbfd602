// Beside the bracket and the tables: the board of the pairing that was chosen, or of the featured match.
import { type TemplateResult, html, nothing } from "lit";
import { TournamentPhase } from "../../../gen/matchpoint/v1/tournament_pb";
import { icons } from "../../components/icons";
import type { TournamentController } from "./controller";
import { tournamentMessages } from "./labels";
import { entrantAt, isDecided } from "./model";
import { how, roundOf } from "./podium";
import { canCorrect } from "./policy";

export function sidePanel(controller: TournamentController): TemplateResult | typeof nothing {
  const connection = controller.connection!;
  const { tournament } = connection;
  const w = tournamentMessages();
  const pairing = tournament.pairings.get(controller.opened);
  if (!pairing) {
    const featured = tournament.scoreboard?.featured ?? 0;
    const on =
      featured && tournament.status?.phase === TournamentPhase.PLAYING && featured !== connection.seated.value?.topic;
    return on
      ? html`<aside class="side" data-testid="side"
          ><header
            ><h2><i class="dot"></i>${w.featured}</h2></header
          ><mp-board .connection=${connection} .match=${featured}></mp-board
        ></aside>`
      : nothing;
  }
  const name = (side: typeof pairing.left): string => tournament.nameOf(entrantAt(side)) ?? w.open;
  const ended = pairing.matches.filter(({ result }) => result);
  const on = isDecided(pairing) ? undefined : pairing.matches.find(({ result }) => !result);
  return html`<aside class="side" data-testid="side">
    <header
      ><h2>${roundOf(tournament, pairing)}</h2>
      <button
        class="quiet icon"
        data-testid="close-board"
        aria-label=${w.closeBoard}
        title=${w.closeBoard}
        @click=${() => controller.open(0)}
        >${icons.close()}</button
      ></header
    >
    ${
      on
        ? html`<mp-board .connection=${connection} .match=${on.match}></mp-board>`
        : html` <p class="two"
              ><b><bdi>${name(pairing.left)}</bdi></b> – <b><bdi>${name(pairing.right)}</bdi></b></p
            >
            <p class="hush">${isDecided(pairing) ? how(pairing) : w.upNext}</p>`
    }
    ${
      controller.organises && canCorrect(pairing) && tournament.status?.phase !== TournamentPhase.OVER
        ? html`<mp-correct .connection=${connection} .pairing=${pairing}></mp-correct>`
        : nothing
    }
    ${ended.map(
      ({ match, result }) =>
        html`<a class="button" href=${`/replay/${connection.session}/${match}`}
          ><span class="digits">${result!.left} : ${result!.right}</span> ${w.replay}</a
        >`,
    )}
  </aside>`;
}
