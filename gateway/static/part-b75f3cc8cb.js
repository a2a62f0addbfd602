import"./part-19bff18473.js";import{a as N,b as B,c as H,d as L,e as W,g as q}from"./part-385a425b2c.js";import{e as U}from"./part-129b7748dc.js";import{c as D}from"./part-f3b9327b8b.js";import{a as T,b as A,c as E,d as x,f as P}from"./part-24b466a929.js";import{b as M}from"./part-5c481adcfa.js";import"./part-a4bb6ea20d.js";import{$ as O,P as R,S as k,W as S,a as g,b as d,ba as b,c as C,e as r,h as n,k as l}from"./part-5843f97ad6.js";var j=500,e,p,u,Y,F,V,_,v,f=class extends x{constructor(){super(...arguments);C(this,e);this.filling=!1;this.shows=[b]}render(){let{room:t}=this,a=k(),s=M(),{tournament:o}=t,c=t.members.filter(({seated:i})=>i),$=t.members.filter(i=>i.waiting),m=t.members.filter(i=>!i.seated&&!i.waiting),h=t.members.find(({accountId:i})=>i===b.value?.accountId),y=o?.startsUnixMs?W(o.startsUnixMs):"",w=c.length>=2,I=(o?.capacity||t.capacity)-c.length;return n`
      <header class="title"><h1>${o?.spec?.title}</h1>
        <p class="hush">${s.taken(c.length,o?.capacity||t.capacity)}${y?` · ${s.startsAt(y)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?n`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?a.room.toMatch:a.common.watch}</a>`:n`
          ${d(this,e,u)?n`<button class=${w?"button strong":"button"} data-testid="room-start" ?disabled=${!w} @click=${()=>r(this,e,p).call(this,{case:"start",value:{}})}>${s.startNow}</button>`:l}
          <p class="hush" aria-live="polite">${w?d(this,e,u)||y?"":s.hostStarts:s.needTwo}</p>
          ${h?n`<button class="quiet" data-testid="room-bench" @click=${()=>r(this,e,p).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?s.watchOnly:s.takePart}</button>`:l}`}
      </section>
      <div class="pair">
        <section class="panel">
          ${r(this,e,v).call(this,s.ranking,"entrants",c,!0)}
          ${r(this,e,v).call(this,s.waitingList,"waiting",$,!0)}
          ${r(this,e,v).call(this,s.onlyWatching,"bench",m,!1)}
          ${d(this,e,u)?n`<div class="actions">${[[1,a.bots.easy],[2,a.bots.medium],[3,a.bots.hard]].map(([i,G])=>n`
            <button class="button" data-testid=${`add-bot-${i}`} title=${s.addBot} @click=${()=>r(this,e,p).call(this,{case:"addBot",value:{strength:i}})}>+ ${G}</button>`)}
            <button class="button" data-testid="fill-bots" ?disabled=${!I||this.filling} aria-busy=${this.filling} @click=${()=>{r(this,e,F).call(this,I)}}>${s.fill}</button></div>`:l}
        </section>
        <details class="panel settings" ?open=${d(this,e,u)}><summary><h2>${s.tournamentSettings}</h2></summary>
          ${d(this,e,u)?l:n`<p class="hush">${a.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,e,u)} @change=${i=>r(this,e,Y).call(this,i)} @submit=${i=>i.preventDefault()}>
            <div class="grid">${q(o?.spec,o?.capacity||U,H(o?.startsUnixMs??0n))}</div>
          </form></details>
      </div>`}};e=new WeakSet,p=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===b.value?.accountId&&!this.room.sessionId},Y=function(t){let a=t.currentTarget;if(!a.checkValidity())return;let s=new FormData(a),o={ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:{spec:N(s),capacity:B(s),startsUnixMs:L(s,O()).at}};r(this,e,p).call(this,{case:"setSettings",value:o})},F=async function(t){let a=[1,2,3];this.filling=!0;for(let s=0;s<t&&this.isConnected;)try{await D.do({case:"addBot",value:{strength:a[s%a.length]}}),s++}catch(o){if(!(o instanceof R)||o.reason!==6)break;await new Promise(c=>setTimeout(c,j))}this.filling=!1},V=function(t,a){let s=t.map(({accountId:c})=>c),[o]=s.splice(a,1);s.splice(a-1,0,o),r(this,e,p).call(this,{case:"setRanking",value:{accountIds:s}})},_=function(t,a,s){let o=k(),c=M(),$=t.accountId===b.value?.accountId,m=t.bot?`${S(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,e,u)&&s>0&&this.room.tournament?.spec?.seeding===1;return n`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b>${m}${$?n`<em>${o.common.you}</em>`:l}${t.accountId===this.room.hostAccountId?n`<em class="host">${o.room.host}</em>`:l}</b>
      <span class="deeds">
        ${t.bot?l:n`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?n`<button class="quiet icon small" aria-label=${c.up(m)} title=${c.up(m)} @click=${()=>r(this,e,V).call(this,a,s)}>↑</button>`:l}
        ${d(this,e,u)&&!$?n`<button class="quiet icon small" data-testid="room-kick" aria-label=${o.room.kickWhom(m)} title=${o.room.kickWhom(m)} @click=${()=>r(this,e,p).call(this,{case:"kick",value:{accountId:t.accountId}})}>${P.close()}</button>`:l}
      </span></li>`},v=function(t,a,s,o){if(!s.length)return l;let c=s.map(($,m)=>r(this,e,_).call(this,$,s,o?m:0));return n`<h2>${t}</h2>${o?n`<ol class="bench ranked" data-testid=${a}>${c}</ol>`:n`<ul class="bench" data-testid=${a}>${c}</ul>`}`},g([A({attribute:!1})],f.prototype,"room",2),g([E()],f.prototype,"filling",2),f=g([T("mp-entrants")],f);export{f as Entrants};
