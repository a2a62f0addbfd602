// Icons, drawn as strokes in the colour of the text around them.
import { type TemplateResult, html } from "lit";

const icon = (path: string): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;

export const icons = {
  sound: () => icon("M4 9.5v5h3.5L12 19V5L7.5 9.5H4zm11-1.2a5 5 0 0 1 0 7.4m2.6-10a8.5 8.5 0 0 1 0 12.6"),
  mute: () => icon("M4 9.5v5h3.5L12 19V5L7.5 9.5H4zm12 .2 5 5m0-5-5 5"),
  copy: () => icon("M9 9h11v11H9zM15 9V4H4v11h5"),
  eye: () =>
    icon(
      "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" +
        "m9.500-2.800a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600z",
    ),
  flag: () => icon("M6 21V4h12l-2.500 4 2.500 4H6"),
  more: () => icon("M6 12h.01M12 12h.01M18 12h.01"),
  friends: () =>
    icon(
      "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z" +
        "M2.500 20c0-3.500 2.900-5.500 6.500-5.500s6.500 2 6.500 5.500" +
        "m.5-15a3.500 3.500 0 0 1 0 6.500m2 3.500c2.200.700 3.500 2.400 3.500 5",
    ),
  befriend: () =>
    icon(
      "M10 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z" +
        "M3.500 20c0-3.500 2.900-5.500 6.500-5.500s6.500 2 6.500 5.500M19 7v6m-3-3h6",
    ),
  play: () => icon("M8 5v14l11-7z"),
  pause: () => icon("M8.500 5v14M15.500 5v14"),
  back: () => icon("M18 6v12l-9-6zM6 6v12"),
  on: () => icon("M6 6v12l9-6zM18 6v12"),
  person: () =>
    icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c0-4 3.300-6.200 7.500-6.200s7.500 2.200 7.500 6.200"),
  renew: () =>
    icon(
      "M20 11a8 8 0 0 0-14.300-4.300L4 8.500M4 4v4.500h4.500M4 13a8 8 0 0 0 14.300 4.300L20 15.500M20 20v-4.500h-4.500",
    ),
  close: () => icon("M6 6l12 12M18 6 6 18"),
};
