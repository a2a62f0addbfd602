import{e as i}from"./part-f3570ec12c.js";import{R as n,U as c,a,c as l,e as m,f as r,i as p,k as d,ka as h}from"./part-bada6917c8.js";var o,u,s=class extends h{constructor(){super(...arguments);l(this,o);this.shows=[i.list]}render(){let{tournaments:t}=i;return t.length?r`<section class="stack" aria-labelledby="places-title"><h2 id="places-title">${n().places.title}</h2>
      <ul class="tours" data-testid="places">${t.map(e=>m(this,o,u).call(this,e))}</ul></section>`:p}};o=new WeakSet,u=function(t){let e=n().places,f=t.startsUnixMs?e.starts(c(t.startsUnixMs)):e.byHost,g=t.sessionId?e.on:t.played?e.played:f;return r`<li><a class="tour" href=${t.sessionId?`/tournament/${t.sessionId}`:`/room/${t.roomCode}`} data-testid="place">
      <b>${t.title}</b>
      <small>${[g,t.waiting&&e.waiting].filter(Boolean).join(" · ")}</small>
      <span class="go">${t.sessionId?e.goThere:e.toRoom}</span></a></li>`},s=a([d("mp-places")],s);
