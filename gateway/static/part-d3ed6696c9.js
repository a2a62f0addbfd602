import{c as U,d as B,g as Y}from"./part-53a49ca143.js";import{a as P}from"./part-8635c83599.js";import"./part-ec6eef5cde.js";import{e as H}from"./part-76997c39cd.js";import"./part-aaedbb7859.js";import"./part-de511013b5.js";import"./part-95a5c799b8.js";import{e as D}from"./part-75c109e1f1.js";import"./part-8a80875dca.js";import{a as R,b as M,c as C,e as N,j as O}from"./part-bd6f72f5ba.js";import{b as T}from"./part-984cb71b7b.js";import"./part-5622b2f975.js";import"./part-5be584a033.js";import{$ as L,R as I,W as v,_ as S,a as f,b as d,c as E,ca as x,e as c,fa as g,i as n,l as m}from"./part-12fde50a54.js";var j=500,e,b,u,V,W,_,q,F,k,$=class extends O{constructor(){super(...arguments);E(this,e);this.filling=!1;this.shows=[g]}render(){let{room:t}=this,a=v(),s=T(),{tournament:o}=t,i=t.members.filter(({seated:r})=>r),p=t.members.filter(r=>r.waiting),l=t.members.filter(r=>!r.seated&&!r.waiting),h=t.members.find(({accountId:r})=>r===g.value?.accountId),y=o?.startsUnixMs?S(o.startsUnixMs):"",w=i.length>=2,A=(o?.capacity||t.capacity)-i.length;return n`
      <header class="title"><h1><bdi>${o?.spec?.title}</bdi></h1>
        <p class="hush">${s.taken(i.length,o?.capacity||t.capacity)}${y?` · ${s.startsAt(y)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?n`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?a.room.toMatch:a.common.watch}</a>`:n`
          ${d(this,e,u)?n`<button class=${w?"button strong":"button"} data-testid="room-start" ?disabled=${!w} @click=${()=>c(this,e,b).call(this,{case:"start",value:{}})}>${s.startNow}</button>`:m}
          <p class="hush" aria-live="polite">${w?d(this,e,u)||y?"":s.hostStarts:s.needTwo}</p>
          ${h?n`<button class="quiet" data-testid="room-bench" @click=${()=>c(this,e,b).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?s.watchOnly:s.takePart}</button>`:m}`}
      </section>
      <div class="pair"><div>
        <section class="panel">
          ${c(this,e,k).call(this,s.ranking,"entrants",i,!0)}
          ${c(this,e,k).call(this,s.waitingList,"waiting",p,!0)}
          ${c(this,e,k).call(this,s.onlyWatching,"bench",l,!1)}
          ${d(this,e,u)?n`<div class="actions">${[[1,a.bots.easy],[2,a.bots.medium],[3,a.bots.hard]].map(([r,G])=>n`
            <button class="button" data-testid=${`add-bot-${r}`} title=${s.addBot} @click=${()=>c(this,e,b).call(this,{case:"addBot",value:{strength:r}})}>+ ${G}</button>`)}
            <button class="button" data-testid="fill-bots" ?disabled=${!A||this.filling} aria-busy=${this.filling} @click=${()=>{c(this,e,_).call(this,A)}}>${s.fill}</button></div>`:m}
        </section>
        <mp-chat></mp-chat></div>
        <div><details class="panel settings" ?open=${d(this,e,u)}><summary><h2>${s.tournamentSettings}</h2></summary>
          ${d(this,e,u)?m:n`<p class="hush">${a.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,e,u)} @change=${r=>c(this,e,V).call(this,r)} @submit=${r=>r.preventDefault()}>
            <div class="grid">${Y(o?.spec,o?.capacity||H,B(o?.startsUnixMs??0n))}</div>
          </form></details>
        ${this.rules}</div>
      </div>`}};e=new WeakSet,b=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===g.value?.accountId&&!this.room.sessionId},V=function(t){let a=t.target;if(!a.checkValidity())return;let s=U(this.room.tournament,a.name,new FormData(t.currentTarget),x());c(this,e,b).call(this,{case:"setSettings",value:{ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:s}})},W=async function({accountId:t,bot:a},s){let o=v().door;(a||await P({title:o.kickAsk(s),text:o.kickText,yes:o.kickYes,danger:!0}))&&c(this,e,b).call(this,{case:"kick",value:{accountId:t}})},_=async function(t){let a=[1,2,3];this.filling=!0;let s=0;for(let o=0;o<t&&this.isConnected;)try{await D.do({case:"addBot",value:{strength:a[o%a.length]}}),o++,s=0}catch(i){if(!(i instanceof I?[6,33].includes(i.reason):!0)||!(i instanceof I&&i.reason===6)&&++s>5)break;await new Promise(l=>setTimeout(l,j))}this.filling=!1},q=function(t,a){let s=t.map(({accountId:i})=>i),[o]=s.splice(a,1);s.splice(a-1,0,o),c(this,e,b).call(this,{case:"setRanking",value:{accountIds:s}})},F=function(t,a,s){let o=v(),i=T(),p=t.accountId===g.value?.accountId,l=t.bot?`${L(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,e,u)&&s>0&&this.room.tournament?.spec?.seeding===1;return n`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b><bdi>${l}</bdi>${p?n`<em>${o.common.you}</em>`:m}${t.accountId===this.room.hostAccountId?n`<em class="host">${o.room.host}</em>`:m}</b>
      <span class="deeds">
        ${t.bot?m:n`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?n`<button class="quiet icon small" aria-label=${i.up(l)} title=${i.up(l)} @click=${()=>c(this,e,q).call(this,a,s)}>↑</button>`:m}
        ${d(this,e,u)&&!p?n`<button class="quiet icon small" data-testid="room-kick" aria-label=${o.room.kickWhom(l)} title=${o.room.kickWhom(l)} @click=${()=>{c(this,e,W).call(this,t,l)}}>${N.close()}</button>`:m}
      </span></li>`},k=function(t,a,s,o){if(!s.length)return m;let i=s.map((p,l)=>c(this,e,F).call(this,p,s,o?l:0));return n`<h2>${t}</h2>${o?n`<ol class="bench ranked" data-testid=${a}>${i}</ol>`:n`<ul class="bench" data-testid=${a}>${i}</ul>`}`},f([M({attribute:!1})],$.prototype,"room",2),f([M({attribute:!1})],$.prototype,"rules",2),f([C()],$.prototype,"filling",2),$=f([R("mp-entrants")],$);export{$ as Entrants};
