import"./part-a2d8866382.js";import{a as A,b as N,c as U}from"./part-2afc196b8e.js";import"./part-20956a328d.js";import{a as w}from"./part-eb96aa4dbb.js";import{Q as T,R as k,U as E,X as b,a as y,b as d,c as M,e as r,f as i,fa as R,ha as D,i as m,k as S,l as C}from"./part-4210879913.js";var s,p,u,x,L,O,f,g=class extends R{constructor(){super(...arguments);M(this,s);this.shows=[b]}render(){let{room:t}=this,o=k(),e=w(),{tournament:a}=t,c=t.members.filter(({seated:n})=>n),$=t.members.filter(n=>n.waiting),l=t.members.filter(n=>!n.seated&&!n.waiting),h=t.members.find(({accountId:n})=>n===b.value?.accountId),I=a?.startsUnixMs?new Date(Number(a.startsUnixMs)).toLocaleString(T.value,{dateStyle:"medium",timeStyle:"short"}):"",v=c.length>=2;return i`
      <header class="title"><h1>${a?.spec?.title}</h1>
        <p class="hush">${e.taken(c.length,a?.capacity||t.capacity)}${I?` · ${e.startsAt(I)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?i`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?o.room.toMatch:o.common.watch}</a>`:i`
          ${d(this,s,u)?i`<button class=${v?"button strong":"button"} data-testid="room-start" ?disabled=${!v} @click=${()=>r(this,s,p).call(this,{case:"start",value:{}})}>${e.startNow}</button>`:m}
          <p class="hush" aria-live="polite">${v?d(this,s,u)?"":e.hostStarts:e.needTwo}</p>
          ${h?i`<button class="quiet" data-testid="room-bench" @click=${()=>r(this,s,p).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?e.watchOnly:e.takePart}</button>`:m}`}
      </section>
      <div class="pair">
        <section class="panel">
          ${r(this,s,f).call(this,e.ranking,"entrants",c,!0)}
          ${r(this,s,f).call(this,e.waitingList,"waiting",$,!0)}
          ${r(this,s,f).call(this,e.onlyWatching,"bench",l,!1)}
          ${d(this,s,u)?i`<div class="actions">${[[1,o.bots.easy],[2,o.bots.medium],[3,o.bots.hard]].map(([n,W])=>i`
            <button class="button" data-testid=${`add-bot-${n}`} title=${e.addBot} @click=${()=>r(this,s,p).call(this,{case:"addBot",value:{strength:n}})}>+ ${W}</button>`)}</div>`:m}
        </section>
        <details class="panel settings" ?open=${d(this,s,u)}><summary><h2>${o.room.settings}</h2></summary>
          ${d(this,s,u)?m:i`<p class="hush">${o.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,s,u)} @change=${n=>r(this,s,x).call(this,n)} @submit=${n=>n.preventDefault()}>
            <div class="grid">${U(a?.spec,!0)}${N("capacity",e.capacity,[2,4,8,16,32,64].map(n=>[n,String(n)]),a?.capacity||16)}</div>
          </form></details>
      </div>`}};s=new WeakSet,p=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===b.value?.accountId&&!this.room.sessionId},x=function(t){let o=new FormData(t.currentTarget),{tournament:e}=this.room,a=e?.startsUnixMs??0n,c={ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:{spec:A(o),capacity:Number(o.get("capacity")??0),startsUnixMs:a}};r(this,s,p).call(this,{case:"setSettings",value:c})},L=function(t,o){let e=t.map(({accountId:c})=>c),[a]=e.splice(o,1);e.splice(o-1,0,a),r(this,s,p).call(this,{case:"setRanking",value:{accountIds:e}})},O=function(t,o,e){let a=k(),c=w(),$=t.accountId===b.value?.accountId,l=t.bot?`${E(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,s,u)&&e>0&&this.room.tournament?.spec?.seeding===1;return i`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b>${l}${$?i`<em>${a.common.you}</em>`:m}${t.accountId===this.room.hostAccountId?i`<em class="host">${a.room.host}</em>`:m}</b>
      <span class="deeds">
        ${t.bot?m:i`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?i`<button class="quiet icon small" aria-label=${c.up(l)} title=${c.up(l)} @click=${()=>r(this,s,L).call(this,o,e)}>↑</button>`:m}
        ${d(this,s,u)&&!$?i`<button class="quiet icon small" data-testid="room-kick" aria-label=${a.room.kickWhom(l)} title=${a.room.kickWhom(l)} @click=${()=>r(this,s,p).call(this,{case:"kick",value:{accountId:t.accountId}})}>${D.close()}</button>`:m}
      </span></li>`},f=function(t,o,e,a){if(!e.length)return m;let c=e.map(($,l)=>r(this,s,O).call(this,$,e,a?l:0));return i`<h2>${t}</h2>${a?i`<ol class="bench ranked" data-testid=${o}>${c}</ol>`:i`<ul class="bench" data-testid=${o}>${c}</ul>`}`},y([C({attribute:!1})],g.prototype,"room",2),g=y([S("mp-entrants")],g);export{g as Entrants};
