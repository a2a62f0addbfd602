import"./part-acaf1aa722.js";import"./part-1bccef235c.js";import{a as B,b as H,c as L,d as W,f as q}from"./part-a801a957b6.js";import{e as N}from"./part-70fb54b054.js";import{d as x}from"./part-5e40eafdde.js";import{a as R,b as k,c as A,e as P,j as U}from"./part-1f795e0233.js";import{b as I}from"./part-f29f02184f.js";import"./part-a4bb6ea20d.js";import{P as E,S as M,W as S,X as O,a as b,aa as D,b as d,c as C,ca as g,e as r,h as i,k as l}from"./part-ada9a35777.js";var j=500,e,$,u,Y,F,V,_,v,p=class extends U{constructor(){super(...arguments);C(this,e);this.filling=!1;this.shows=[g]}render(){let{room:t}=this,a=M(),s=I(),{tournament:o}=t,c=t.members.filter(({seated:n})=>n),f=t.members.filter(n=>n.waiting),m=t.members.filter(n=>!n.seated&&!n.waiting),h=t.members.find(({accountId:n})=>n===g.value?.accountId),y=o?.startsUnixMs?S(o.startsUnixMs):"",w=c.length>=2,T=(o?.capacity||t.capacity)-c.length;return i`
      <header class="title"><h1>${o?.spec?.title}</h1>
        <p class="hush">${s.taken(c.length,o?.capacity||t.capacity)}${y?` · ${s.startsAt(y)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?i`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?a.room.toMatch:a.common.watch}</a>`:i`
          ${d(this,e,u)?i`<button class=${w?"button strong":"button"} data-testid="room-start" ?disabled=${!w} @click=${()=>r(this,e,$).call(this,{case:"start",value:{}})}>${s.startNow}</button>`:l}
          <p class="hush" aria-live="polite">${w?d(this,e,u)||y?"":s.hostStarts:s.needTwo}</p>
          ${h?i`<button class="quiet" data-testid="room-bench" @click=${()=>r(this,e,$).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?s.watchOnly:s.takePart}</button>`:l}`}
      </section>
      <div class="pair"><div>
        <section class="panel">
          ${r(this,e,v).call(this,s.ranking,"entrants",c,!0)}
          ${r(this,e,v).call(this,s.waitingList,"waiting",f,!0)}
          ${r(this,e,v).call(this,s.onlyWatching,"bench",m,!1)}
          ${d(this,e,u)?i`<div class="actions">${[[1,a.bots.easy],[2,a.bots.medium],[3,a.bots.hard]].map(([n,G])=>i`
            <button class="button" data-testid=${`add-bot-${n}`} title=${s.addBot} @click=${()=>r(this,e,$).call(this,{case:"addBot",value:{strength:n}})}>+ ${G}</button>`)}
            <button class="button" data-testid="fill-bots" ?disabled=${!T||this.filling} aria-busy=${this.filling} @click=${()=>{r(this,e,F).call(this,T)}}>${s.fill}</button></div>`:l}
        </section>
        <mp-chat></mp-chat></div>
        <div><details class="panel settings" ?open=${d(this,e,u)}><summary><h2>${s.tournamentSettings}</h2></summary>
          ${d(this,e,u)?l:i`<p class="hush">${a.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,e,u)} @change=${n=>r(this,e,Y).call(this,n)} @submit=${n=>n.preventDefault()}>
            <div class="grid">${q(o?.spec,o?.capacity||N,L(o?.startsUnixMs??0n))}</div>
          </form></details>
        ${this.rules}</div>
      </div>`}};e=new WeakSet,$=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===g.value?.accountId&&!this.room.sessionId},Y=function(t){let a=t.currentTarget;if(!a.checkValidity())return;let s=new FormData(a),o={ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:{spec:B(s),capacity:H(s),startsUnixMs:W(s,D()).at}};r(this,e,$).call(this,{case:"setSettings",value:o})},F=async function(t){let a=[1,2,3];this.filling=!0;for(let s=0;s<t&&this.isConnected;)try{await x.do({case:"addBot",value:{strength:a[s%a.length]}}),s++}catch(o){if(!(o instanceof E)||o.reason!==6)break;await new Promise(c=>setTimeout(c,j))}this.filling=!1},V=function(t,a){let s=t.map(({accountId:c})=>c),[o]=s.splice(a,1);s.splice(a-1,0,o),r(this,e,$).call(this,{case:"setRanking",value:{accountIds:s}})},_=function(t,a,s){let o=M(),c=I(),f=t.accountId===g.value?.accountId,m=t.bot?`${O(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,e,u)&&s>0&&this.room.tournament?.spec?.seeding===1;return i`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b>${m}${f?i`<em>${o.common.you}</em>`:l}${t.accountId===this.room.hostAccountId?i`<em class="host">${o.room.host}</em>`:l}</b>
      <span class="deeds">
        ${t.bot?l:i`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?i`<button class="quiet icon small" aria-label=${c.up(m)} title=${c.up(m)} @click=${()=>r(this,e,V).call(this,a,s)}>↑</button>`:l}
        ${d(this,e,u)&&!f?i`<button class="quiet icon small" data-testid="room-kick" aria-label=${o.room.kickWhom(m)} title=${o.room.kickWhom(m)} @click=${()=>r(this,e,$).call(this,{case:"kick",value:{accountId:t.accountId}})}>${P.close()}</button>`:l}
      </span></li>`},v=function(t,a,s,o){if(!s.length)return l;let c=s.map((f,m)=>r(this,e,_).call(this,f,s,o?m:0));return i`<h2>${t}</h2>${o?i`<ol class="bench ranked" data-testid=${a}>${c}</ol>`:i`<ul class="bench" data-testid=${a}>${c}</ul>`}`},b([k({attribute:!1})],p.prototype,"room",2),b([k({attribute:!1})],p.prototype,"rules",2),b([A()],p.prototype,"filling",2),p=b([R("mp-entrants")],p);export{p as Entrants};
