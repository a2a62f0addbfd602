import{c as U,d as B,g as W}from"./part-5ede9bc400.js";import{a as N}from"./part-bb3f2a3263.js";import"./part-f76a60a554.js";import{e as O}from"./part-5e8a6a0f50.js";import"./part-2d3c7e736f.js";import"./part-dd30d6b44f.js";import"./part-c9dce8f801.js";import{e as P}from"./part-203412e4c5.js";import"./part-e211802796.js";import{a as C,b as M,c as E,e as H,j as L}from"./part-9e81aba62d.js";import{b as I}from"./part-f4020eeb2e.js";import"./part-a4bb6ea20d.js";import"./part-bf3e65f255.js";import{$ as x,R,W as v,_ as S,a as f,b as d,c as A,ca as D,e as c,fa as g,i,l}from"./part-43313368d9.js";var j=500,s,$,u,Y,q,F,V,_,k,p=class extends L{constructor(){super(...arguments);A(this,s);this.filling=!1;this.shows=[g]}render(){let{room:t}=this,a=v(),e=I(),{tournament:o}=t,n=t.members.filter(({seated:r})=>r),b=t.members.filter(r=>r.waiting),m=t.members.filter(r=>!r.seated&&!r.waiting),h=t.members.find(({accountId:r})=>r===g.value?.accountId),y=o?.startsUnixMs?S(o.startsUnixMs):"",w=n.length>=2,T=(o?.capacity||t.capacity)-n.length;return i`
      <header class="title"><h1><bdi>${o?.spec?.title}</bdi></h1>
        <p class="hush">${e.taken(n.length,o?.capacity||t.capacity)}${y?` · ${e.startsAt(y)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?i`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?a.room.toMatch:a.common.watch}</a>`:i`
          ${d(this,s,u)?i`<button class=${w?"button strong":"button"} data-testid="room-start" ?disabled=${!w} @click=${()=>c(this,s,$).call(this,{case:"start",value:{}})}>${e.startNow}</button>`:l}
          <p class="hush" aria-live="polite">${w?d(this,s,u)||y?"":e.hostStarts:e.needTwo}</p>
          ${h?i`<button class="quiet" data-testid="room-bench" @click=${()=>c(this,s,$).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?e.watchOnly:e.takePart}</button>`:l}`}
      </section>
      <div class="pair"><div>
        <section class="panel">
          ${c(this,s,k).call(this,e.ranking,"entrants",n,!0)}
          ${c(this,s,k).call(this,e.waitingList,"waiting",b,!0)}
          ${c(this,s,k).call(this,e.onlyWatching,"bench",m,!1)}
          ${d(this,s,u)?i`<div class="actions">${[[1,a.bots.easy],[2,a.bots.medium],[3,a.bots.hard]].map(([r,G])=>i`
            <button class="button" data-testid=${`add-bot-${r}`} title=${e.addBot} @click=${()=>c(this,s,$).call(this,{case:"addBot",value:{strength:r}})}>+ ${G}</button>`)}
            <button class="button" data-testid="fill-bots" ?disabled=${!T||this.filling} aria-busy=${this.filling} @click=${()=>{c(this,s,F).call(this,T)}}>${e.fill}</button></div>`:l}
        </section>
        <mp-chat></mp-chat></div>
        <div><details class="panel settings" ?open=${d(this,s,u)}><summary><h2>${e.tournamentSettings}</h2></summary>
          ${d(this,s,u)?l:i`<p class="hush">${a.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,s,u)} @change=${r=>c(this,s,Y).call(this,r)} @submit=${r=>r.preventDefault()}>
            <div class="grid">${W(o?.spec,o?.capacity||O,B(o?.startsUnixMs??0n))}</div>
          </form></details>
        ${this.rules}</div>
      </div>`}};s=new WeakSet,$=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===g.value?.accountId&&!this.room.sessionId},Y=function(t){let a=t.target;if(!a.checkValidity())return;let e=U(this.room.tournament,a.name,new FormData(t.currentTarget),D());c(this,s,$).call(this,{case:"setSettings",value:{ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:e}})},q=async function({accountId:t,bot:a},e){let o=v().door;(a||await N({title:o.kickAsk(e),text:o.kickText,yes:o.kickYes,danger:!0}))&&c(this,s,$).call(this,{case:"kick",value:{accountId:t}})},F=async function(t){let a=[1,2,3];this.filling=!0;for(let e=0;e<t&&this.isConnected;)try{await P.do({case:"addBot",value:{strength:a[e%a.length]}}),e++}catch(o){if(!(o instanceof R)||o.reason!==6)break;await new Promise(n=>setTimeout(n,j))}this.filling=!1},V=function(t,a){let e=t.map(({accountId:n})=>n),[o]=e.splice(a,1);e.splice(a-1,0,o),c(this,s,$).call(this,{case:"setRanking",value:{accountIds:e}})},_=function(t,a,e){let o=v(),n=I(),b=t.accountId===g.value?.accountId,m=t.bot?`${x(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,s,u)&&e>0&&this.room.tournament?.spec?.seeding===1;return i`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b><bdi>${m}</bdi>${b?i`<em>${o.common.you}</em>`:l}${t.accountId===this.room.hostAccountId?i`<em class="host">${o.room.host}</em>`:l}</b>
      <span class="deeds">
        ${t.bot?l:i`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?i`<button class="quiet icon small" aria-label=${n.up(m)} title=${n.up(m)} @click=${()=>c(this,s,V).call(this,a,e)}>↑</button>`:l}
        ${d(this,s,u)&&!b?i`<button class="quiet icon small" data-testid="room-kick" aria-label=${o.room.kickWhom(m)} title=${o.room.kickWhom(m)} @click=${()=>{c(this,s,q).call(this,t,m)}}>${H.close()}</button>`:l}
      </span></li>`},k=function(t,a,e,o){if(!e.length)return l;let n=e.map((b,m)=>c(this,s,_).call(this,b,e,o?m:0));return i`<h2>${t}</h2>${o?i`<ol class="bench ranked" data-testid=${a}>${n}</ol>`:i`<ul class="bench" data-testid=${a}>${n}</ul>`}`},f([M({attribute:!1})],p.prototype,"room",2),f([M({attribute:!1})],p.prototype,"rules",2),f([E()],p.prototype,"filling",2),p=f([C("mp-entrants")],p);export{p as Entrants};
