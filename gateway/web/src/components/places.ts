// List of the tournaments in which this account has a place, with their state and a link. Empty without one.
import { type TemplateResult, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import type { Place } from "../../gen/matchpoint/v1/lobby_pb";
import { dateTimeText, messages } from "../i18n";
import { places } from "../stores/places";
import { PageElement } from "./page-element";

@customElement("mp-places")
export class RoomPlaces extends PageElement {
  protected override readonly signals = [places.list];

  #line(place: Place): TemplateResult {
    const w = messages().places;
    return html`<li
      ><a
        class="tour"
        href=${place.sessionId ? `/tournament/${place.sessionId}` : `/room/${place.roomCode}`}
        data-testid="place"
      >
        <b><bdi>${place.title}</bdi></b>
        <small>${[this.#state(place), place.waiting && w.waiting].filter(Boolean).join(" · ")}</small>
        <span class="go">${place.sessionId ? w.goThere : w.toRoom}</span></a
      ></li
    >`;
  }

  #state(place: Place): string {
    const w = messages().places;
    if (place.sessionId) return w.on;
    if (place.played) return w.played;
    return place.startsUnixMs ? w.starts(dateTimeText(place.startsUnixMs)) : w.byHost;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { tournaments } = places;
    if (!tournaments.length) return nothing;
    return html`<section class="stack" aria-labelledby="places-title"
      ><h2 id="places-title">${messages().places.title}</h2>
      <ul class="tours" data-testid="places"
        >${tournaments.map((place) => this.#line(place))}</ul
      ></section
    >`;
  }
}
