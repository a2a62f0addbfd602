import"./part-395fb052fd.js";import{c as P,d as B,e as H,f as W,g as q}from"./part-9b8d938a9e.js";import{b as M}from"./part-3969ecf20c.js";import{f as x}from"./part-f3570ec12c.js";import{N as A,R as k,U as S,V as D,_ as O,a as g,aa as f,b as d,c as C,e as r,f as i,i as l,k as T,ka as N,l as R,m as E,ma as U}from"./part-bada6917c8.js";var V=500,e,p,u,L,Y,F,_,v,b=class extends N{constructor(){super(...arguments);C(this,e);this.filling=!1;this.shows=[f]}render(){let{room:t}=this,o=k(),s=M(),{tournament:a}=t,c=t.members.filter(({seated:n})=>n),$=t.members.filter(n=>n.waiting),m=t.members.filter(n=>!n.seated&&!n.waiting),h=t.members.find(({accountId:n})=>n===f.value?.accountId),y=a?.startsUnixMs?S(a.startsUnixMs):"",w=c.length>=2,I=(a?.capacity||t.capacity)-c.length;return i`
      <header class="title"><h1>${a?.spec?.title}</h1>
        <p class="hush">${s.taken(c.length,a?.capacity||t.capacity)}${y?` · ${s.startsAt(y)}`:""}</p></header>
      <section class="actions" data-testid="room-actions">
        ${t.sessionId?i`<a class="button strong" href=${`/tournament/${t.sessionId}`} data-testid="room-to-tournament">${h?.seated?o.room.toMatch:o.common.watch}</a>`:i`
          ${d(this,e,u)?i`<button class=${w?"button strong":"button"} data-testid="room-start" ?disabled=${!w} @click=${()=>r(this,e,p).call(this,{case:"start",value:{}})}>${s.startNow}</button>`:l}
          <p class="hush" aria-live="polite">${w?d(this,e,u)||y?"":s.hostStarts:s.needTwo}</p>
          ${h?i`<button class="quiet" data-testid="room-bench" @click=${()=>r(this,e,p).call(this,{case:"setSeat",value:{seated:!(h.seated||h.waiting)}})}>${h.seated||h.waiting?s.watchOnly:s.takePart}</button>`:l}`}
      </section>
      <div class="pair">
        <section class="panel">
          ${r(this,e,v).call(this,s.ranking,"entrants",c,!0)}
          ${r(this,e,v).call(this,s.waitingList,"waiting",$,!0)}
          ${r(this,e,v).call(this,s.onlyWatching,"bench",m,!1)}
          ${d(this,e,u)?i`<div class="actions">${[[1,o.bots.easy],[2,o.bots.medium],[3,o.bots.hard]].map(([n,G])=>i`
            <button class="button" data-testid=${`add-bot-${n}`} title=${s.addBot} @click=${()=>r(this,e,p).call(this,{case:"addBot",value:{strength:n}})}>+ ${G}</button>`)}
            <button class="button" data-testid="fill-bots" ?disabled=${!I||this.filling} aria-busy=${this.filling} @click=${()=>{r(this,e,Y).call(this,I)}}>${s.fill}</button></div>`:l}
        </section>
        <details class="panel settings" ?open=${d(this,e,u)}><summary><h2>${s.tournamentSettings}</h2></summary>
          ${d(this,e,u)?l:i`<p class="hush">${o.room.hostOnly}</p>`}
          <form class="stack" data-testid="tournament-settings" ?inert=${!d(this,e,u)} @change=${n=>r(this,e,L).call(this,n)} @submit=${n=>n.preventDefault()}>
            <div class="grid">${q(a?.spec,!0)}${W("capacity",s.capacity,[2,4,8,16,32,64].map(n=>[n,String(n)]),a?.capacity||16)}${H(a?.startsUnixMs??0n)}</div>
          </form></details>
      </div>`}};e=new WeakSet,p=function(t){this.dispatchEvent(new CustomEvent("command",{detail:t}))},u=function(){return this.room.hostAccountId===f.value?.accountId&&!this.room.sessionId},L=function(t){let o=new FormData(t.currentTarget),s={ruleset:this.room.ruleset,unlisted:this.room.unlisted,tournament:{spec:P(o),capacity:Number(o.get("capacity")??0),startsUnixMs:B(o,O())}};r(this,e,p).call(this,{case:"setSettings",value:s})},Y=async function(t){let o=[1,2,3];this.filling=!0;for(let s=0;s<t&&this.isConnected;)try{await x.do({case:"addBot",value:{strength:o[s%o.length]}}),s++}catch(a){if(!(a instanceof A)||a.reason!==6)break;await new Promise(c=>setTimeout(c,V))}this.filling=!1},F=function(t,o){let s=t.map(({accountId:c})=>c),[a]=s.splice(o,1);s.splice(o-1,0,a),r(this,e,p).call(this,{case:"setRanking",value:{accountIds:s}})},_=function(t,o,s){let a=k(),c=M(),$=t.accountId===f.value?.accountId,m=t.bot?`${D(t)} ${t.name.replace(/\D+/g,"")}`.trim():t.name,h=d(this,e,u)&&s>0&&this.room.tournament?.spec?.seeding===1;return i`<li class=${t.connected||t.bot?"":"absent"} data-testid="entrant">
      <b>${m}${$?i`<em>${a.common.you}</em>`:l}${t.accountId===this.room.hostAccountId?i`<em class="host">${a.room.host}</em>`:l}</b>
      <span class="deeds">
        ${t.bot?l:i`<mp-befriend .who=${t.accountId} .name=${t.name}></mp-befriend>`}
        ${h?i`<button class="quiet icon small" aria-label=${c.up(m)} title=${c.up(m)} @click=${()=>r(this,e,F).call(this,o,s)}>↑</button>`:l}
        ${d(this,e,u)&&!$?i`<button class="quiet icon small" data-testid="room-kick" aria-label=${a.room.kickWhom(m)} title=${a.room.kickWhom(m)} @click=${()=>r(this,e,p).call(this,{case:"kick",value:{accountId:t.accountId}})}>${U.close()}</button>`:l}
      </span></li>`},v=function(t,o,s,a){if(!s.length)return l;let c=s.map(($,m)=>r(this,e,_).call(this,$,s,a?m:0));return i`<h2>${t}</h2>${a?i`<ol class="bench ranked" data-testid=${o}>${c}</ol>`:i`<ul class="bench" data-testid=${o}>${c}</ul>`}`},g([R({attribute:!1})],b.prototype,"room",2),g([E()],b.prototype,"filling",2),b=g([T("mp-entrants")],b);export{b as Entrants};
