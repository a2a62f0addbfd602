import"./part-acdcc82396.js";import"./part-684e8ca3a2.js";import{c as O,d as U,g as B}from"./part-16ebc97691.js";import{e as N}from"./part-60415a88cb.js";import{d as L}from"./part-31713b41e2.js";import{a as E,b as k,c as R,e as P,j as x}from"./part-6240607ed1.js";import{b as I}from"./part-b094ef3f84.js";import"./part-a4bb6ea20d.js";import{O as A,T as M,X as S,Y as D,a as f,b as d,c as C,da as H,e as c,fa as g,h as n,k as l}from"./part-1e038ca3f8.js";var _=500,s,$,u,W,q,Y,F,v,p=class extends x{constructor(){super(...arguments);C(this,s);this.filling=!1;this.shows=[g]}render(){let{room:t}=this,a=M(),e=I(),{tournament:o}=t,r=t.members.filter(({seated:i})=>i),b=t.members.filter(i=>i.waiting),m=t.members.filter(i=>!i.seated&&!i.waiting),h=t.members.find(({accountId:i})=>i===g.value?.accountId),y=o?.startsUnixMs?S(o.startsUnixMs):"",w=r.length>=2,T=(o?.capacity||t.capacity)-r.length;return n`
      <header class="title"><h1><bdi>${o?.spec?.title}</bdi></h1>
        <p class="hush">${e.taken(r.length,o?.capacity||t.capacity)}${y?` · ${e.startsAt(y)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?n`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?a.room.toMatch:a.common.watch}</a>`:n`
          ${d(this,s,u)?n`<button class=${w?"button strong":"button"} data-testid="room-start" ?disabled=${!w} @click=${()=>c(this,s,$).call(this,{case:"start",value:{}})}>${e.startNow}</button>`:l}
          <p class="hush" aria-live="polite">${w?d(this,s,u)||y?"":e.hostStarts:e.needTwo}</p>
          ${h?n`<button class="quiet" data-testid="room-bench" @click=${()=>c(this,s,$).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?e.watchOnly:e.takePart}</button>`:l}`}
      </section>
      <div class="pair"><div>
        <section class="panel">
          ${c(this,s,v).call(this,e.ranking,"entrants",r,!0)}
          ${c(this,s,v).call(this,e.waitingList,"waiting",b,!0)}
          ${c(this,s,v).call(this,e.onlyWatching,"bench",m,!1)}
          ${d(this,s,u)?n`<div class="actions">${[[1,a.bots.easy],[2,a.bots.medium],[3,a.bots.hard]].map(([i,V])=>n`
            <button class="button" data-testid=${`add-bot-${i}`} title=${e.addBot} @click=${()=>c(this,s,$).call(this,{case:"addBot",value:{strength:i}})}>+ ${V}</button>`)}
            <button class="button" data-testid="fill-bots" ?disabled=${!T||this.filling} aria-busy=${this.filling} @click=${()=>{c(this,s,q).call(this,T)}}>${e.fill}</button></div>`:l}
        </section>
        <mp-chat></mp-chat></div>
        <div><details class="panel settings" ?open=${d(this,s,u)}><summary><h2>${e.tournamentSettings}</h2></summary>
          ${d(this,s,u)?l:n`<p class="hush">${a.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,s,u)} @change=${i=>c(this,s,W).call(this,i)} @submit=${i=>i.preventDefault()}>
            <div class="grid">${B(o?.spec,o?.capacity||N,U(o?.startsUnixMs??0n))}</div>
          </form></details>
        ${this.rules}</div>
      </div>`}};s=new WeakSet,$=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===g.value?.accountId&&!this.room.sessionId},W=function(t){let a=t.target;if(!a.checkValidity())return;let e=O(this.room.tournament,a.name,new FormData(t.currentTarget),H());c(this,s,$).call(this,{case:"setSettings",value:{ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:e}})},q=async function(t){let a=[1,2,3];this.filling=!0;for(let e=0;e<t&&this.isConnected;)try{await L.do({case:"addBot",value:{strength:a[e%a.length]}}),e++}catch(o){if(!(o instanceof A)||o.reason!==6)break;await new Promise(r=>setTimeout(r,_))}this.filling=!1},Y=function(t,a){let e=t.map(({accountId:r})=>r),[o]=e.splice(a,1);e.splice(a-1,0,o),c(this,s,$).call(this,{case:"setRanking",value:{accountIds:e}})},F=function(t,a,e){let o=M(),r=I(),b=t.accountId===g.value?.accountId,m=t.bot?`${D(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,s,u)&&e>0&&this.room.tournament?.spec?.seeding===1;return n`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b><bdi>${m}</bdi>${b?n`<em>${o.common.you}</em>`:l}${t.accountId===this.room.hostAccountId?n`<em class="host">${o.room.host}</em>`:l}</b>
      <span class="deeds">
        ${t.bot?l:n`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?n`<button class="quiet icon small" aria-label=${r.up(m)} title=${r.up(m)} @click=${()=>c(this,s,Y).call(this,a,e)}>↑</button>`:l}
        ${d(this,s,u)&&!b?n`<button class="quiet icon small" data-testid="room-kick" aria-label=${o.room.kickWhom(m)} title=${o.room.kickWhom(m)} @click=${()=>c(this,s,$).call(this,{case:"kick",value:{accountId:t.accountId}})}>${P.close()}</button>`:l}
      </span></li>`},v=function(t,a,e,o){if(!e.length)return l;let r=e.map((b,m)=>c(this,s,F).call(this,b,e,o?m:0));return n`<h2>${t}</h2>${o?n`<ol class="bench ranked" data-testid=${a}>${r}</ol>`:n`<ul class="bench" data-testid=${a}>${r}</ul>`}`},f([k({attribute:!1})],p.prototype,"room",2),f([k({attribute:!1})],p.prototype,"rules",2),f([R()],p.prototype,"filling",2),p=f([E("mp-entrants")],p);export{p as Entrants};
