import"./part-f257d86b47.js";import{a as de}from"./part-d080b0ed2e.js";import{a as ie,b as At}from"./part-a782d56a11.js";import"./part-92c89fcb27.js";import{s as re,t as le}from"./part-c1724fce34.js";import{a as z,b as ce,c as Rt}from"./part-6b2e79e1ba.js";import{a as ne}from"./part-e7b7b0c763.js";import{a as te,b as v,c as m,d as oe}from"./part-9da9538466.js";import{a as P,b as Q,c as w,d as ee,e as C,g as se,h as _,i as ae,j as H}from"./part-9561b0cf14.js";import"./part-a4bb6ea20d.js";import{a as R,b as x,c as Jt,d as Qt,e as St,g as nt,i as Xt,l as Zt,m as Tt}from"./part-2ec53df9c5.js";import{P as Bt,S as d,U as L,V as Wt,W as D,Z as yt,a as p,aa as it,b as f,ba as b,c as $,ca as wt,d as T,e as n,fa as kt,ga as Vt,h as a,ha as zt,i as J,ia as Gt,ja as Yt,k as c,ka as It,n as Kt}from"./part-99e925887f.js";var A=new Kt(""),G=class extends oe{constructor(){super(...arguments);this.said=""}#t;connectedCallback(){super.connectedCallback(),this.#t=A.watch(()=>{this.trouble=this.said="",this.requestUpdate()})}disconnectedCallback(){super.disconnectedCallback(),this.#t?.()}updated(){let t=this.querySelector("dialog"),e=A.value===this.name;e&&!t.open&&t.showModal(),!e&&t.open&&t.close()}close(){A.value===this.name&&(A.value="")}async attempt(t,e=""){this.said="";let s=await super.attempt(t);return s&&(this.said=e),s}fields(t){t.preventDefault();let e=new FormData(t.target);return s=>{let o=String(e.get(s)??"");return s.includes("assword")?o:o.trim()}}frame(t,e){return a`<dialog class="drawer" data-testid=${`${this.name}-drawer`} aria-labelledby=${`${this.name}-title`}
      @close=${()=>this.close()} @click=${s=>s.target===s.currentTarget&&this.close()}>
      <div class="inside">
        <header><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${t}</h2>
          <button class="quiet icon" data-testid=${`${this.name}-close`} aria-label=${d().account.close} @click=${()=>this.close()}>${C.close()}</button></header>
        ${A.value===this.name?a`
          <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
          <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
          ${e()}`:c}
      </div></dialog>`}};p([w()],G.prototype,"said",2);var g,me,ue,he,pe,$e,lt,xt,fe,be,ve,rt=class extends G{constructor(){super(...arguments);$(this,g);this.name="account";this.shows=[b];this.signingIn=!1}render(){let t=b.value;return this.frame(d().account.title,()=>t&&!t.guest?n(this,g,ve).call(this,t.name):this.signingIn?n(this,g,fe).call(this):n(this,g,be).call(this))}};g=new WeakSet,me=async function(t){let e=this.fields(t);await this.attempt(()=>Vt(e("name"),e("password")),d().account.registered)},ue=async function(t){let e=this.fields(t);await this.attempt(()=>zt(e("name"),e("password")))&&(this.signingIn=!1,this.close())},he=async function(t){let e=this.fields(t);e("name")!==b.value?.name&&await this.attempt(()=>kt(e("name")),d().home.renamed)},pe=async function(t){let e=t.target,s=this.fields(t);await this.attempt(()=>Gt(s("password"),s("newPassword")),d().account.changed)&&e.reset()},$e=async function(){await this.attempt(Yt)&&(this.close(),x("/"))},lt=function(t,e,s){return a`<label>${e}<input type="password" name=${t} data-testid=${`account-${t}`} autocomplete=${s?"new-password":"current-password"}
      minlength=${s?8:1} maxlength="200" required placeholder=${s?d().account.passwordHint:""} /></label>`},xt=function(t){return a`<label>${d().account.name}<input name="name" data-testid="account-name" .value=${t} maxlength="40" autocomplete="username" autocapitalize="off" spellcheck="false" required /></label>`},fe=function(){let t=d().account;return a`<form class="stack" @submit=${e=>{n(this,g,ue).call(this,e)}}>
        ${n(this,g,xt).call(this,"")}${n(this,g,lt).call(this,"password",t.password,!1)}
        ${b.value?a`<p class="hush">${t.ends(b.value.name)}</p>`:c}
        <button class="button strong" data-testid="account-sign-in">${t.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${()=>this.signingIn=!1}>${t.haveNot}</button>`},be=function(){let t=d().account;return a`<p class="hush">${t.why}</p>
      <form class="stack" @submit=${e=>{n(this,g,me).call(this,e)}}>
        ${n(this,g,xt).call(this,b.value?.name??"")}${n(this,g,lt).call(this,"password",t.password,!0)}
        <button class="button strong" data-testid="account-register">${t.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${()=>this.signingIn=!0}>${t.have}</button>`},ve=function(t){let e=d().account;return a`<form class="beside" @submit=${s=>{n(this,g,he).call(this,s)}}>
        ${n(this,g,xt).call(this,t)}<button class="button" data-testid="account-rename">${d().home.rename}</button>
      </form>
      <details><summary data-testid="account-change-open">${e.change}</summary>
        <form class="stack" @submit=${s=>{n(this,g,pe).call(this,s)}}>
          <input name="name" .value=${t} autocomplete="username" hidden />
          ${n(this,g,lt).call(this,"password",e.current,!1)}${n(this,g,lt).call(this,"newPassword",e.next,!0)}
          <button class="button" data-testid="account-change">${e.change}</button>
        </form></details>
      <button class="button" data-testid="account-sign-out" @click=${()=>{n(this,g,$e).call(this)}}>${e.signOut}</button>`},p([w()],rt.prototype,"signingIn",2),rt=p([P("mp-account")],rt);var Xe=6e3,ct,dt,mt,O,ge,ye,we,ke,X=class extends H{constructor(){super(...arguments);$(this,O);this.shows=[v.invitations,R,z];this.spoken="";this.glimpse=!1;$(this,ct,[]);$(this,dt,new Set);$(this,mt)}connectedCallback(){super.connectedCallback(),T(this,ct,[v.list.watch(()=>n(this,O,ge).call(this)),v.invitations.watch(()=>n(this,O,ye).call(this)),m.room.watch(()=>m.room.value&&v.settle(m.room.value.code))])}disconnectedCallback(){super.disconnectedCallback();for(let t of f(this,ct))t()}render(){return a`${n(this,O,ke).call(this)}<div role="status">${z.value.length?c:n(this,O,we).call(this)}</div><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`}};ct=new WeakMap,dt=new WeakMap,mt=new WeakMap,O=new WeakSet,ge=function(){let t=v.of(3),e=t.filter(s=>!f(this,dt).has(s.accountId));T(this,dt,new Set(t.map(s=>s.accountId))),e.length&&(this.spoken=e.map(s=>d().friends.wants(s.name)).join(" "))},ye=function(){let[t]=v.invitations.value,e=t!==void 0&&t!==f(this,mt);if(T(this,mt,t),!!e){if(R.value.page!=="play")return It.play("go");this.glimpse=!0,setTimeout(()=>this.glimpse=!1,Xe)}},we=function(){let t=d().friends,[e]=v.invitations.value;return e?R.value.page==="play"?this.glimpse?a`<div class="call still" data-testid="invitation"><p>${t.waits(e.name)}</p></div>`:c:a`<div class="call" data-testid="invitation"><p>${t.invites(e.name)}</p>
      <a class="button strong" href=${`/room/${e.roomCode}`} data-testid="invitation-accept">${t.join}</a>
      <button class="button" data-testid="invitation-later" @click=${()=>v.settle(e.roomCode)}>${t.later}</button></div>`:c},ke=function(){let[t]=z.value;return t?a`<div class="call urgent" data-testid="summons"><p><b role="alert">${t.big}</b> <span>${[t.small,t.title].filter(Boolean).join(" · ")}</span></p>
      <a class="button strong" href=${`/tournament/${t.session}`} data-testid="summons-go">${t.way}</a></div>`:c},p([w()],X.prototype,"spoken",2),p([w()],X.prototype,"glimpse",2),X=p([P("mp-calls")],X);var Ze=1e4,Et=(S,E)=>ie(S,t=>t.accountId,E),k,Se,Te,Ie,j,Re,xe,Ee,Pe,ut=class extends G{constructor(){super(...arguments);$(this,k);this.name="friends";this.shows=[b,v.list,v.invitations,m.room,m.state,R];this.invited=[]}render(){let t=d().friends;return this.frame(t.title,()=>{let[e,s,o,i]=[3,1,2,4].map(l=>v.of(l)),r=R.value.page!=="play";return a`
        ${b.value&&m.state.value==="retrying"?a`<p class="hush" role="status">${t.offline}</p>`:c}
        ${b.value&&!b.value.guest?c:a`<button class="quiet hint" data-testid="friends-register" @click=${()=>A.value="account"}>${d().account.why}</button>`}
        ${v.invitations.value.length?a`<ul data-testid="invitations">${v.invitations.value.map(l=>a`<li class="asks">
          <span class="whom"><b>${t.invites(l.name)}</b></span><span class="deeds">
          ${r?a`<a class="button strong" href=${`/room/${l.roomCode}`} data-testid="invitation-join">${t.join}</a>`:c}
          <button class="button" @click=${()=>v.settle(l.roomCode)}>${t.later}</button></span></li>`)}</ul>`:c}
        ${e.length?a`<ul>${Et(e,l=>n(this,k,Ee).call(this,l))}</ul>`:c}
        <form class="beside" @submit=${l=>{n(this,k,Se).call(this,l)}}>
          <label>${t.name}<input name="name" data-testid="friend-name" placeholder=${t.placeholder} maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
          <button class="button" data-testid="friend-ask">${t.ask}</button></form>
        ${s.length?a`<ul data-testid="friends">${Et(s,l=>n(this,k,xe).call(this,l))}</ul>`:e.length||o.length?c:a`<p class="hush">${t.empty}</p>`}
        ${o.length?a`<ul>${Et(o,l=>a`<li data-testid="friend-asked" data-name=${l.name}><span class="whom"><b>${l.name}</b><small>${t.asked}</small></span>
          ${n(this,k,j).call(this,"friend-take-back",t.takeBack,"quiet",()=>v.remove(l.accountId))}</li>`)}</ul>`:c}
        ${i.length?n(this,k,Pe).call(this,i):c}`})}};k=new WeakSet,Se=async function(t){let e=t.target,s=this.fields(t)("name");if(!s||!await this.attempt(()=>v.ask(s)))return;e.reset();let o=r=>r.name.toLowerCase()===s.toLowerCase(),i=d().friends;this.said=v.of(1).some(o)?i.nowFriends(s):i.youAsked(s)},Te=async function({accountId:t}){await this.attempt(async()=>{await m.open(),m.room.value||await m.do({case:"createRoom",value:{}});let{code:s}=await m.roomKnown();await m.do({case:"invite",value:{accountId:t}}),this.invited=[...this.invited,t],setTimeout(()=>this.invited=this.invited.filter(o=>o!==t),Ze),(R.value.page!=="room"||R.value.code!==s)&&x(`/room/${s}`)})&&(this.said=d().friends.invited)},Ie=function(t){let e=d().friends;switch(t.whereabouts){case 2:return e.online;case 3:return e.inRoom;case 4:return e.watching;case 5:return e.inMatch;default:return e.away}},j=function(t,e,s,o){return a`<button class=${s} data-testid=${t} @click=${()=>{this.attempt(o)}}>${e}</button>`},Re=function(t){let e=d().friends;if(R.value.page==="play"||!te(t))return c;let s=m.room.value,o=s?.members.some(r=>r.accountId===t.accountId),i=this.invited.includes(t.accountId);return a`
      ${t.roomCode&&!o?a`<a class="button" href=${`/room/${t.roomCode}`} data-testid="friend-join">${e.join}</a>`:c}
      ${t.sessionId?a`<a class="button" href=${`/watch/${t.sessionId}`} data-testid="friend-watch">${d().common.watch}</a>`:c}
      ${o||t.roomCode&&!s?c:a`<button class="button" data-testid="friend-invite" ?disabled=${i} @click=${()=>{n(this,k,Te).call(this,t)}}>${i?e.invited:e.invite}</button>`}`},xe=function(t){let e=d().friends;return a`<li data-testid="friend" data-name=${t.name}>
      <i class=${`light w${t.whereabouts}`}></i>
      <span class="whom"><b>${t.name}</b><small data-testid="friend-whereabouts">${n(this,k,Ie).call(this,t)}</small></span>
      <span class="deeds">${n(this,k,Re).call(this,t)}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${C.more()}</summary>
          <div>${n(this,k,j).call(this,"friend-remove",e.remove,"quiet",()=>v.remove(t.accountId))}${n(this,k,j).call(this,"friend-block",e.block,"quiet",()=>v.block(t.accountId))}</div></details></span>
    </li>`},Ee=function(t){let e=d().friends;return a`<li class="asks" data-testid="friend-asks" data-name=${t.name}>
      <span class="whom"><b>${t.name}</b><small>${e.asks}</small></span>
      <span class="deeds">${n(this,k,j).call(this,"friend-accept",e.accept,"button strong",()=>v.answer(t.accountId,!0))}
        ${n(this,k,j).call(this,"friend-decline",e.decline,"button",()=>v.answer(t.accountId,!1))}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${C.more()}</summary>
          <div>${n(this,k,j).call(this,"friend-block",e.block,"quiet",()=>v.block(t.accountId))}</div></details></span>
    </li>`},Pe=function(t){let e=d().friends;return a`<details class="blocked"><summary data-testid="friends-blocked">${e.blocked} (${t.length})</summary>
      <p class="hush">${e.blockHint}</p>
      <ul>${Et(t,s=>a`<li data-testid="friend-blocked" data-name=${s.name}><span class="whom"><b>${s.name}</b></span>
        ${n(this,k,j).call(this,"friend-unblock",e.unblock,"quiet",()=>v.unblock(s.accountId))}</li>`)}</ul></details>`},p([w()],ut.prototype,"invited",2),ut=p([P("mp-friends")],ut);var Z,pt,K,tt,et,st,$t,Ot,ht=class extends H{constructor(){super(...arguments);$(this,$t);this.session="";$(this,Z);$(this,pt,new At([]));$(this,K);$(this,tt,0);$(this,et);$(this,st,()=>{if(n(this,$t,Ot).call(this),!this.session||document.visibilityState!=="visible")return;let t=this.querySelector("canvas");if(!t)return;T(this,K,new re(t)),T(this,pt,new At([]));let e=f(this,pt),s=this.session;T(this,Z,new ce("/ws/watch",{hello:()=>Promise.resolve({sessionId:s}),message:({body:i},r)=>{i.case==="joined"&&e.server.reset(),i.case==="frame"&&e.fold(i.value,r,()=>{})},lost:()=>{}}));let o=i=>{if(T(this,tt,requestAnimationFrame(o)),!e.card||!e.server.set)return;let r=e.scene(i),l=le(r);l&&f(this,et)?.flight&&f(this,et).flight!==r.flight&&f(this,K)?.hit(l.side,l.x,l.y,i),T(this,et,r),f(this,K)?.draw(r,e.half,i,!1)};T(this,tt,requestAnimationFrame(o))})}render(){return a`<canvas class="court mini" aria-hidden="true"></canvas>`}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",f(this,st))}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",f(this,st)),n(this,$t,Ot).call(this)}updated(t){t.has("session")&&f(this,st).call(this)}};Z=new WeakMap,pt=new WeakMap,K=new WeakMap,tt=new WeakMap,et=new WeakMap,st=new WeakMap,$t=new WeakSet,Ot=function(){cancelAnimationFrame(f(this,tt)),f(this,Z)?.close(),f(this,K)?.dispose(),T(this,Z,T(this,K,void 0))},p([Q()],ht.prototype,"session",2),ht=p([P("mp-miniature")],ht);var ft,Mt,I,qt,Pt,Me,Fe,Ce,Le,_t,B=class extends H{constructor(){super(...arguments);$(this,I);this.trouble="";this.nameTrouble="";this.saved=!1;this.busy="";this.shows=[b,m.room];$(this,ft,"");$(this,Mt,new ne(this,async()=>(await it(yt.method.listSessions,{pageSize:8})).sessions))}render(){let t=d().home,e=[["easy",1,t.easy,t.easyHint],["medium",2,t.medium,t.mediumHint],["hard",3,t.hard,t.hardHint]],s=m.room.value,o=matchMedia("(pointer: coarse)").matches;return a`<main class="home">
      <section class="hero">
        <h1><span>${d().tagline.what}</span> <span>${d().tagline.how}</span></h1>
        ${this.trouble?a`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:c}
        ${nt()?a`<a class="button strong" href=${nt()} data-testid="home-resume">${t.backToMatch}</a>`:c}
        <div class="panel">
          <h2>${t.bot}</h2>
          <div class="trio">
            ${e.map(([i,r,l,u])=>a`
              <button class=${`button choice ${i}`} data-testid=${`home-bot-${i}`} ?disabled=${!!this.busy} aria-busy=${this.busy===i}
                @click=${()=>n(this,I,Pt).call(this,{kind:"bot",strength:r},i)}><b>${l}</b><small>${u}</small></button>`)}
          </div>
          <button class="button level" data-testid="home-bot-level" ?disabled=${!!this.busy} aria-busy=${this.busy==="level"}
            @click=${()=>n(this,I,Pt).call(this,{kind:"bot",strength:2,level:!0},"level")}><b>${t.level}</b><small>${t.levelHint}</small></button>
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${t.room}</h2>
            <button class="button strong" data-testid="home-room" ?disabled=${!!this.busy} aria-busy=${this.busy==="room"} @click=${()=>n(this,I,Me).call(this)}>
              <b>${s?t.backToRoom(s.code):t.openRoom}</b></button>
            <form class="join" @submit=${i=>n(this,I,Fe).call(this,i)}>
              <input name="code" data-testid="join-code" aria-label=${t.code} placeholder=${t.code} maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false" required />
              <button class="button" data-testid="join">${t.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${o?t.localTouch:t.local}</h2>
            <button class="button" data-testid="home-local" ?disabled=${!!this.busy} aria-busy=${this.busy==="local"} @click=${()=>n(this,I,Pt).call(this,{kind:"local"},"local")}>
              <b>${t.play}</b></button>
            <p class="hush">${o?t.localTouchHint:t.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"><b>${t.tournaments}</b><small>${t.tournamentsHint}</small></a>
        <form class="name" @submit=${i=>{n(this,I,Ce).call(this,i)}}>
          <label for="name">${t.name}</label>
          <div><input id="name" name="name" data-testid="name-input" .value=${b.value?.name??""} placeholder=${t.namePlaceholder} maxlength="40" autocomplete="nickname" spellcheck="false" aria-describedby="name-trouble" />
          <button class="button" data-testid="name-save">${this.saved?t.renamed:t.rename}</button></div>
          <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.nameTrouble}</p>
        </form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${t.watchLive}</h2>
        ${n(this,I,Le).call(this)}
      </section>
    </main>`}};ft=new WeakMap,Mt=new WeakMap,I=new WeakSet,qt=async function(t,e){if(!this.busy){this.busy=t,this.trouble="";try{await e()}catch(s){this.trouble=L(s)}finally{this.busy=""}}},Pt=function(t,e){n(this,I,qt).call(this,e,()=>Tt(t))},Me=function(){n(this,I,qt).call(this,"room",async()=>{await m.open(),m.room.value||await m.do({case:"createRoom",value:{}});let t=m.room.value?.code??(await m.roomKnown()).code;x(`/room/${t}`)})},Fe=function(t){t.preventDefault();let e=t.target,s=String(new FormData(e).get("code")??"").replace(/[\s-]/g,"").toUpperCase();s&&x(`/room/${encodeURIComponent(s)}`)},Ce=async function(t){t.preventDefault();let e=String(new FormData(t.target).get("name")??"").trim();if(this.nameTrouble="",e!==b.value?.name)try{await kt(e),this.saved=!0,setTimeout(()=>this.saved=!1,2e3)}catch(s){this.nameTrouble=L(s)}},Le=function(){let t=d().home,e=f(this,Mt).value;if(!e?.length)return a`<p class="hush">${e?t.nothingLive:d().common.loading}</p>`;let s=e.find(o=>o.sessionId===f(this,ft))??e[0];return T(this,ft,s.sessionId),a`
      <a class="feature" href=${`/watch/${s.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${s.sessionId}></mp-miniature>
        ${n(this,I,_t).call(this,s)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${e.filter(o=>o!==s).map(o=>a`<li><a href=${`/watch/${o.sessionId}`}>${n(this,I,_t).call(this,o)}</a></li>`)}
      </ul>`},_t=function(t){let e=d().home;return a`<span class="line">
      <span class="names"><b>${D(t.left)}</b><span class="digits">${t.leftScore}<i>:</i>${t.rightScore}</span><b>${D(t.right)}</b></span>
      <small>${t.origin===4?e.house:c}${t.viewers?a`<span>${C.eye()} ${e.viewers(t.viewers)}</span>`:c}</small>
    </span>`},p([w()],B.prototype,"trouble",2),p([w()],B.prototype,"nameTrouble",2),p([w()],B.prototype,"saved",2),p([w()],B.prototype,"busy",2),B=p([P("mp-home")],B);var W=640;function He(S,E){let e=Math.max(1,...S.map(u=>Math.max(u.left,u.right))),s=Math.max(1,S.at(-1)?.t??1),o=u=>28+u/s*(W-56),i=u=>176-u/e*152,r=u=>S.reduce((y,q)=>`${y}H${o(q.t).toFixed(1)}V${i(u(q)).toFixed(1)}`,`M${o(0)} ${i(0)}`),l=Array.from({length:e+1},(u,y)=>y).filter(u=>u%Math.ceil(e/5)===0);return a`<svg class="chart timeline" viewBox="0 0 ${W} ${200}" role="img" aria-label=${E} data-testid="result-timeline">
    ${l.map(u=>J`<line class="grid" x1="28" x2=${W-28} y1=${i(u)} y2=${i(u)}/><text x="20" y=${i(u)+4} text-anchor="end">${u}</text>`)}
    <path class="left" d=${r(u=>u.left)} /><path class="right" d=${r(u=>u.right)} />
    ${S.map(u=>J`<circle class=${u.scorer===1?"left":"right"} cx=${o(u.t)} cy=${i(u.scorer===1?u.left:u.right)} r="4.500"/>`)}
  </svg>`}function Ae(S,E){let e=Math.max(4,...S.map(o=>o.rallyHits)),s=(W-24)/Math.max(S.length,12);return a`<svg class="chart rallies" viewBox="0 0 ${W} ${120}" role="img" aria-label=${E} data-testid="result-rallies">
    <line class="grid" x1="12" x2=${W-12} y1=${100} y2=${100} />
    ${S.map((o,i)=>{let r=Math.max(2,o.rallyHits/e*76),l=12+i*s;return J`<rect class=${o.scorer===1?"left":"right"} x=${l+s*.18} y=${100-r} width=${s*.64} height=${r} rx="2"/><text x=${l+s/2} y=${94-r} text-anchor="middle">${o.rallyHits}</text>`})}
  </svg>`}function Oe(S,E,t,e){let o=t+900,i=(r,l,u)=>J`
    <rect class="paddle" x=${l-5} y="10" width="10" height=${140} rx="3"/>
    <line class="grid" x1=${l-150} x2=${l+150} y1=${160/2} y2=${160/2}/>
    ${r.slice(-160).map((y,q,F)=>J`<circle class=${u} cx=${l+(u==="left"?1:-1)*(16+(F.length<2?0:q/(F.length-1)*120))} cy=${160/2+y/o*(160/2-12)} r="3.500"/>`)}`;return a`<svg class="chart contacts" viewBox="0 0 ${W} ${160}" role="img" aria-label=${e} data-testid="result-contacts">
    ${i(S?.contactOffsets??[],160,"left")}${i(E?.contactOffsets??[],W-160,"right")}
  </svg>`}var es=1e3,ss=8,M,qe,_e,Ne,Ue,De,je,Ke,V=class extends H{constructor(){super(...arguments);$(this,M);this.session="";this.trouble="";this.busy=!1;this.shows=[m.room,b]}updated(t){t.has("session")&&n(this,M,qe).call(this)}render(){let t=d(),e=this.shown,s=e?.seats.length===1&&e.bot?{kind:"bot",strength:e.bot}:void 0,o=St(this.session)?.again??s,i=m.room.value,r=o?.kind==="room"?o.code:i?.last?.sessionId===this.session?i.code:void 0,l=a`<div class="actions">
      ${o&&o.kind!=="room"?a`<button class="button strong" data-testid="result-again" ?disabled=${this.busy} @click=${()=>{n(this,M,_e).call(this,o)}}>${t.result.again}</button>`:c}
      ${r?a`${e?.seats.length===1?a`<button class="button strong" data-testid="result-rematch" ?disabled=${this.busy} @click=${()=>{n(this,M,Ne).call(this,r)}}>${t.result.rematch}</button>`:c}
        <button class="button" data-testid="result-room" @click=${()=>x(`/room/${r}`)}>${t.result.toRoom}</button>`:c}
      ${e&&!e.seats.length?a`<button class="button strong" data-testid="result-watch" ?disabled=${this.busy} @click=${()=>{n(this,M,Ue).call(this)}}>${t.watch.another}</button>`:c}
      ${e&&!e.house?a`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay">${C.play()} ${t.replay.watch}</a>`:c}
      <a class="button" href="/" data-testid="result-home">${t.common.home}</a>
    </div>`;if(!e)return a`<main class="narrow"><h1>${t.result.title}</h1><p class=${this.trouble?"trouble":"hush"} role="status">${this.trouble||t.common.loading}</p>${l}</main>`;let{result:u}=e,y=u.stats?.game.case==="pong"?u.stats.game.value:void 0,q=F=>y?.points.length?t.result.seconds((y.points.reduce((Ht,Je)=>Ht+F(Je),0)/y.points.length/1e6).toFixed(1)):t.result.none;return a`<main class="result" data-testid="result">
      <section class="final">
        ${n(this,M,je).call(this,e)}
        <div class="board">
          <div class=${`player left ${e.seats.length===1&&e.seats[0]===0?"own":""}`}><b data-testid="result-name-left">${e.left}</b></div>
          <div class="digits"><span data-testid="result-left">${u.left}</span><i></i><span data-testid="result-right">${u.right}</span></div>
          <div class=${`player right ${e.seats.length===1&&e.seats[0]===1?"own":""}`}><b data-testid="result-name-right">${e.right}</b></div>
        </div>
        ${n(this,M,De).call(this,e)}
        ${l}
        ${this.trouble?a`<p class="trouble" role="alert">${this.trouble}</p>`:c}
      </section>
      ${y&&y.points.length+y.hits>0?a`
        <dl class="facts">
          <div><dt>${t.result.duration}</dt><dd data-testid="result-duration">${ae(u.durationUs)}</dd></div>
          <div><dt>${t.result.point}</dt><dd data-testid="result-point">${q(F=>F.pointUs)}</dd></div>
          <div><dt>${t.result.serve}</dt><dd data-testid="result-serve">${q(F=>F.serveUs)}</dd></div>
          <div><dt>${t.result.longest}</dt><dd data-testid="result-longest">${t.result.hitsUnit(y.longestRally)}</dd></div>
          <div><dt>${t.result.top}</dt><dd data-testid="result-top-speed">${_(y.topSpeed/100)}<small>${t.result.speedUnit}</small></dd></div>
          <div><dt>${t.result.hits}</dt><dd data-testid="result-hits">${_(y.hits)}</dd></div>
        </dl>
        <section class="panel"><h2>${t.result.statistics}</h2>${n(this,M,Ke).call(this,y)}</section>
        ${y.points.length?a`<section class="panel"><h2>${t.result.timeline}</h2>${He(y.points,t.result.timeline)}</section>
        <section class="panel"><h2>${t.result.rallies}</h2>${Ae(y.points,t.result.rallies)}</section>`:c}
        <section class="panel"><h2>${t.result.contact}</h2><p class="hush">${t.result.contactHint}</p>${Oe(y.left,y.right,e.half,t.result.contact)}</section>`:c}
    </main>`}};M=new WeakSet,qe=async function(){let t=this.session;this.shown=void 0,this.trouble="";let e=Zt(t);if(e){let{card:s,result:o,seats:i}=e;this.shown={left:D(s.left),right:D(s.right),accounts:[s.left?.accountId??"",s.right?.accountId??""],house:!!(s.left?.bot&&s.right?.bot),half:s.ruleset?.paddleHalfHeight||7500,result:o,seats:i,bot:s.left?.bot||s.right?.bot||0};return}for(let s=0;s<ss&&this.isConnected&&t===this.session;s++)try{let o=await wt(),{match:i}=await it(de.method.getMatch,{sessionId:t}),r=i?.spec?.seats??[];this.shown={left:D(r.find(l=>l.seat===0)),right:D(r.find(l=>l.seat===1)),house:!1,accounts:[r.find(l=>l.seat===0)?.accountId??"",r.find(l=>l.seat===1)?.accountId??""],half:i?.spec?.ruleset?.paddleHalfHeight||7500,result:i.result,seats:r.filter(l=>o&&l.accountId===o.accountId).map(l=>l.seat),bot:r.find(l=>l.bot)?.bot??0};return}catch(o){this.trouble=L(o),await new Promise(i=>setTimeout(i,es))}},_e=async function(t){if(t.kind==="room"){x(`/room/${t.code}`);return}this.busy=!0;try{await Tt(t)}catch(e){this.trouble=L(e)}finally{this.busy=!1}},Ne=async function(t){this.busy=!0;try{await m.open(),await m.roomOpen(t),await m.do({case:"setReady",value:{ready:!0}})}catch{}this.busy=!1,x(`/room/${t}`)},Ue=async function(){this.busy=!0;try{let{sessions:t}=await it(yt.method.listSessions,{pageSize:2}),e=t.find(s=>s.sessionId!==this.session);x(e?`/watch/${e.sessionId}`:"/")}catch(t){this.trouble=L(t)}finally{this.busy=!1}},De=function({seats:t,accounts:e,left:s,right:o}){let i=t.length===1?1-t[0]:void 0;return i===void 0||!e[i]?c:a`<mp-befriend .who=${e[i]} .name=${i?o:s} .named=${!0}></mp-befriend>`},je=function({result:t,left:e,right:s,seats:o}){let i=d().result,r=t.winner===1?0:t.winner===2?1:void 0,l=t.outcome===3?i.draw:r===void 0?i.void:o.length===1?o[0]===r?i.won:i.lost:i.wins(r===0?e:s);return a`<h1 data-testid="result-headline" class=${o.length===1&&r!==void 0?o[0]===r?"won":"lost":""}>${l}</h1>
      ${t.outcome===2?a`<p class="hush">${i.forfeit}</p>`:c}`},Ke=function(t){let e=d().result,s=i=>i?`${i<1e3?"<1":_(i/1e3)} ms`:e.none,o=[[e.hits,"hits",i=>_(i?.hits??0)],[e.misses,"misses",i=>_(i?.misses??0)],[e.top,"top-speed",i=>i?.topSpeed?`${_(i.topSpeed/100)} ${e.speedUnit}`:e.none],[e.distance,"distance",i=>`${_((i?.distance??0)/100)} ${e.lengthUnit}`],[e.reaction,"reaction",i=>s(i?.reactionUs)],[e.latency,"latency",i=>s(i?.latency?.rttUs)]];return(t.left?.latency?.saves||t.right?.latency?.saves)&&o.push([e.saved,"saves",i=>_(i?.latency?.saves??0)]),a`<table data-testid="result-table"><tbody>
      ${o.map(([i,r,l])=>a`<tr><td class="left" data-testid=${`result-${r}-left`}>${l(t.left)}</td><th scope="row">${i}</th><td class="right" data-testid=${`result-${r}-right`}>${l(t.right)}</td></tr>`)}
    </tbody></table>`},p([Q()],V.prototype,"session",2),p([w()],V.prototype,"shown",2),p([w()],V.prototype,"trouble",2),p([w()],V.prototype,"busy",2),V=p([P("mp-result")],V);var as=1e3,bt,vt,at,h,Be,Ft,U,We,Ct,Ve,Lt,Nt,Ut,Dt,ze,Ge,N=class extends H{constructor(){super(...arguments);$(this,h);this.code="";this.trouble="";this.watchable="";this.entering=!0;this.copied=!1;this.shows=[m.room,m.state,m.out,b];$(this,bt);$(this,vt,"");$(this,at)}connectedCallback(){super.connectedCallback(),T(this,bt,m.state.watch(()=>{let t=m.room.value?.code!==this.code&&m.out.value===0;m.state.value==="open"&&t&&!this.entering&&n(this,h,Ft).call(this)}))}disconnectedCallback(){var t;super.disconnectedCallback(),(t=f(this,bt))==null||t.call(this),clearTimeout(f(this,at))}updated(t){t.has("code")&&n(this,h,Ft).call(this),n(this,h,Be).call(this)}render(){let t=d(),e=m.room.value;if(e?.code!==this.code)return n(this,h,Ge).call(this);e.tournament&&import("./part-4daf77f81e.js");let s=e.members.filter(o=>!o.seated);return a`<main class="room">
      <h1 class="unseen">${t.room.title} ${e.code}</h1>
      <section class="invite panel">
        <label for="room-link">${t.room.invite}</label>
        <div><input id="room-link" data-testid="room-link" readonly .value=${f(this,h,Ct)} @focus=${o=>o.target.select()} />
        <button class="button strong" data-testid="room-copy" @click=${()=>{n(this,h,Ve).call(this)}}>${C.copy()} ${this.copied?t.common.copied:t.common.copy}</button></div>
        <p class="code" data-testid="room-code" aria-label=${t.home.code}>${e.code}</p>
      </section>
      ${m.state.value==="retrying"?a`<p class="trouble" role="status" data-testid="overlay">${t.room.reconnecting}</p>`:c}
      ${m.state.value==="replaced"?a`<p class="trouble" role="status">${t.room.elsewhere}</p>`:c}
      ${this.trouble?a`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:c}
      ${e.tournament?a`<mp-entrants .room=${e} .rules=${n(this,h,Dt).call(this,e)} @command=${o=>{n(this,h,U).call(this,o.detail)}}></mp-entrants>`:a`<section class="seats">${n(this,h,Nt).call(this,e,0)}<i class="net"></i>${n(this,h,Nt).call(this,e,1)}</section>
          <section class="actions" data-testid="room-actions">${n(this,h,ze).call(this,e)}</section>
          <div class="pair">
            <mp-chat></mp-chat>
            <div>
              ${n(this,h,Dt).call(this,e)}
              <section class="panel">
                <h2>${t.room.bench}</h2>
                ${s.length?a`<ul class="bench" data-testid="bench">${s.map(o=>a`<li>${n(this,h,Ut).call(this,e,o)}</li>`)}</ul>`:a`<p class="hush">${t.room.benchEmpty}</p>`}
              </section>
            </div>
          </div>`}
      <footer>${e.last?a`<a href=${`/result/${e.last.sessionId}`} data-testid="room-last">${t.room.last(e.last.result?.left??0,e.last.result?.right??0)}</a>`:c}
        <button class="quiet" data-testid="room-leave" @click=${()=>{n(this,h,We).call(this)}}>${t.room.leave}</button></footer>
    </main>`}};bt=new WeakMap,vt=new WeakMap,at=new WeakMap,h=new WeakSet,Be=function(){let t=m.room.value,e=t?.code===this.code?t.sessionId:"";if(!t||e===f(this,vt))return;T(this,vt,e),clearTimeout(f(this,at));let s=t.members.find(i=>i.accountId===b.value?.accountId),o=`/${t.tournament?"tournament":"play"}/${e}`;!e||!(s?.seated||s?.waiting)||Xt(o)||T(this,at,setTimeout(()=>!St(e)&&Rt(()=>this.isConnected&&x(o)),as))},Ft=async function(){this.entering=!0,this.trouble=this.watchable="";try{await m.open();let t=m.room.value;t?.code!==this.code&&(t&&await m.do({case:"leaveRoom",value:{}}),await m.do({case:"joinRoom",value:{code:this.code}}))}catch(t){this.trouble=L(t),t instanceof Bt&&t.reason===22&&(this.watchable=t.refusal.sessionId)}finally{this.entering=!1}},U=async function(t){this.trouble="";try{await m.do(t)}catch(e){this.trouble=L(e)}},We=async function(){await n(this,h,U).call(this,{case:"leaveRoom",value:{}}),x("/")},Ct=function(){return`${location.origin}/room/${this.code}`},Ve=async function(){try{navigator.share&&matchMedia("(pointer: coarse)").matches?await navigator.share({title:"Matchpoint",url:f(this,h,Ct)}):(await navigator.clipboard.writeText(f(this,h,Ct)),this.copied=!0,setTimeout(()=>this.copied=!1,2e3))}catch{this.querySelector("[data-testid=room-link]")?.select()}},Lt=function(t,e,s=t.unlisted){let{$typeName:o,...i}=t.ruleset;n(this,h,U).call(this,{case:"setSettings",value:{ruleset:{...i,...e},unlisted:s,...t.tournament?{tournament:t.tournament}:{}}})},Nt=function(t,e){let s=d().room,o=t.members.find(r=>r.seated&&r.seat===e),i=t.members.find(r=>r.accountId===b.value?.accountId);return a`<div class=${`seat ${e?"right":"left"} ${o?.ready?"ready":""} ${o?"":"free"}`} data-testid=${e?"seat-right":"seat-left"}>
      <small>${e?s.right:s.left}</small>
      ${o?a`${n(this,h,Ut).call(this,t,o)}<span class="state">${o.connected?o.ready?s.isReady:s.waiting:s.away}</span>`:a`<b class="hush">${s.free}</b>${i&&!i.seated&&!t.sessionId?a`<button class="button" data-testid="take-seat" @click=${()=>{n(this,h,U).call(this,{case:"setSeat",value:{seated:!0}})}}>${s.take}</button>`:c}`}
    </div>`},Ut=function(t,e){let s=d(),o=e.accountId===b.value?.accountId,i=t.hostAccountId===b.value?.accountId;return a`<b class=${e.connected?"":"absent"}>${e.name}${o?a`<em>${s.common.you}</em>`:c}${e.accountId===t.hostAccountId?a`<em class="host">${s.room.host}</em>`:c}
      ${i&&!o?a`<button class="quiet icon small" data-testid="room-kick" aria-label=${s.room.kickWhom(e.name)} title=${s.room.kickWhom(e.name)} @click=${()=>{n(this,h,U).call(this,{case:"kick",value:{accountId:e.accountId}})}}>${C.close()}</button>`:c}</b>
      <mp-befriend .who=${e.accountId} .name=${e.name}></mp-befriend>`},Dt=function(t){let e=d().room,s=t.ruleset,o=t.hostAccountId===b.value?.accountId&&!t.sessionId,i=(r,l,u,y)=>{let q=y.some(([F])=>F===u)?y:[...y,[u,String(u)]];return a`<label>${l}<select data-testid=${`rule-${r}`} ?disabled=${!o} @change=${F=>n(this,h,Lt).call(this,t,{[r]:Number(F.target.value)})}>
        ${q.map(([F,Ht])=>a`<option value=${F} ?selected=${F===u}>${Ht}</option>`)}</select></label>`};return a`<details class="panel settings" ?open=${o}>
      <summary><h2>${e.settings}</h2></summary>
      ${o?c:a`<p class="hush">${e.hostOnly}</p>`}
      <div class="grid">
        ${i("pointsToWin",e.points,s?.pointsToWin??11,[1,3,5,7,11,15,21].map(r=>[r,String(r)]))}
        ${i("startSpeed",e.speed,s?.startSpeed??11e4,[[8e4,e.slow],[11e4,e.normal],[15e4,e.fast]])}
        ${i("paddleHalfHeight",e.paddle,s?.paddleHalfHeight??7500,[[5e3,e.small],[7500,e.normal],[11e3,e.large]])}
        ${i("timeLimitS",e.time,s?.timeLimitS??1800,[180,300,600,1800].map(r=>[r,e.minutes(r/60)]))}
      </div>
      <label class="check"><input type="checkbox" .checked=${s?.directionsOnly??!1} ?disabled=${!o} @change=${r=>n(this,h,Lt).call(this,t,{directionsOnly:r.target.checked})} />${e.directions}</label>
      <label class="check"><input type="checkbox" .checked=${t.unlisted} ?disabled=${!o} @change=${r=>n(this,h,Lt).call(this,t,{},r.target.checked)} />${e.unlisted}</label>
    </details>`},ze=function(t){let e=d().room,s=t.members.find(u=>u.accountId===b.value?.accountId),o=t.hostAccountId===s?.accountId,i=t.members.filter(u=>u.seated),r=i.length===2&&i.every(u=>u.ready);if(t.sessionId)return a`<p>${e.playing}</p><button class="button strong" data-testid="room-to-match" @click=${()=>x(`/${s?.seated?"play":"watch"}/${t.sessionId}`)}>${s?.seated?e.toMatch:d().common.watch}</button>`;let l=i.length<2?e.needPlayer:r?o?e.canStart:e.hostStarts:e.needReady;return a`
      ${s?.seated?a`<button class=${`button ${s.ready?"":"strong"}`} data-testid="room-ready" aria-pressed=${s.ready} @click=${()=>{n(this,h,U).call(this,{case:"setReady",value:{ready:!s.ready}})}}>${s.ready?e.notReady:e.ready}</button>`:c}
      ${o?a`<button class=${`button ${r?"strong":""}`} data-testid="room-start" ?disabled=${!r} @click=${()=>{n(this,h,U).call(this,{case:"start",value:{}})}}>${e.start}</button>`:c}
      <p class="hush" aria-live="polite">${l}</p>
      ${s?.seated?a`<button class="quiet" data-testid="room-bench" @click=${()=>{n(this,h,U).call(this,{case:"setSeat",value:{seated:!1}})}}>${e.giveUp}</button>`:c}`},Ge=function(){let t=d(),e=m.out.value===2?t.room.kicked:m.out.value===3?t.room.tooLongAway:"";return this.entering&&!this.trouble?a`<main class="narrow"><p class="hush">${t.common.loading}</p></main>`:a`<main class="narrow">
      <h1>${t.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble">${this.trouble||e||(b.value===null?Wt(1):t.errors.unreachable)}</p>
      <div class="actions">
        ${this.watchable?a`<a class="button strong" href=${`/watch/${this.watchable}`}>${t.common.watch}</a>`:m.out.value===2?c:a`<button class="button strong" @click=${()=>{n(this,h,Ft).call(this)}}>${e?t.room.rejoin:t.common.retry}</button>`}
        <a class="button" href="/">${t.common.home}</a>
      </div></main>`},p([Q()],N.prototype,"code",2),p([w()],N.prototype,"trouble",2),p([w()],N.prototype,"watchable",2),p([w()],N.prototype,"entering",2),p([w()],N.prototype,"copied",2),N=p([P("mp-room")],N);var os={replay:()=>import("./part-3751e735d3.js"),tournament:()=>import("./part-f699363e14.js"),tournaments:()=>import("./part-eaf2d60384.js")},ot,Y,jt,Ye,gt=class extends H{constructor(){super(...arguments);$(this,Y);this.shows=[R,b,v.list,v.invitations,z];$(this,ot);this.missing=!1}connectedCallback(){super.connectedCallback(),this.addEventListener("click",Jt);let t=()=>It.wake();addEventListener("pointerdown",t),addEventListener("keydown",t),m.started=s=>{let o=m.room.value?.code;Qt(s,o?{kind:"room",code:o}:void 0);let i=!!m.room.value?.tournament;Rt(()=>x(i?`/tournament/${s.sessionId}`:s.ticket&&s.seats.length?`/play/${s.sessionId}`:`/watch/${s.sessionId}`))},R.watch(()=>{A.value="",n(this,Y,jt).call(this)}),n(this,Y,jt).call(this);let e=/^\/tournament\/(.+)$/.exec(nt())?.[1];e&&R.value.page!=="tournament"&&import("./part-779222c049.js").then(({attend:s,stay:o})=>o(s(e)),()=>{}),wt().catch(s=>console.warn(L(s)))}updated(){let t=R.value,e=d();m.watching=t.page==="watch"||t.page==="tournament"?t.session:"";let s=t.page==="room"?`${e.room.title} ${t.code}`:t.page==="watch"?e.common.watch:t.page==="result"?e.result.title:t.page==="replay"?e.replay.title:t.page==="nowhere"?e.errors.notFound:t.page==="tournaments"?e.home.tournaments:"",[o]=z.value;document.title=o?`▶ ${o.big} · Matchpoint`:s?`${s} · Matchpoint`:"Matchpoint",f(this,ot)&&f(this,ot)!==t&&requestAnimationFrame(()=>{let i=this.querySelector("main");i?.setAttribute("tabindex","-1"),i?.focus({preventScroll:!0})}),T(this,ot,t)}render(){let t=["play","watch","replay"].includes(R.value.page),e=d(),s=b.value,o=v.waiting;return a`
      <header class=${t?"top slim":"top"}>
        ${ee()}
        <nav>${t?c:a`<button class="quiet who" data-testid="account" aria-haspopup="dialog" title=${e.account.title} @click=${()=>A.value="account"}>${C.person()}<span data-testid="who">${s?s.name:e.account.signIn}</span></button>`}
          <button class="quiet icon" data-testid="friends-open" aria-haspopup="dialog" aria-label=${e.friends.open(o)} title=${e.friends.title}
            @click=${()=>A.value="friends"}>${C.friends()}${o?a`<span class="badge" data-testid="friends-badge">${o}</span>`:c}</button>
          ${se(()=>this.requestUpdate())}</nav>
      </header>
      ${n(this,Y,Ye).call(this)}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account>`}};ot=new WeakMap,Y=new WeakSet,jt=function(){this.missing=!1,os[R.value.page]?.().catch(()=>this.missing=!0)},Ye=function(){let t=R.value,e=d();if(this.missing)return a`<main class="narrow"><h1>${e.errors.unreachable}</h1><button class="button strong" @click=${()=>location.reload()}>${e.common.retry}</button></main>`;switch(t.page){case"home":return a`<mp-home></mp-home>`;case"room":return a`<mp-room .code=${t.code}></mp-room>`;case"play":case"watch":return a`<mp-match .mode=${t.page} .session=${t.session}></mp-match>`;case"result":return a`<mp-result .session=${t.session}></mp-result>`;case"replay":return a`<mp-replay .session=${t.session} .match=${t.match}></mp-replay>`;case"tournament":return a`<mp-tournament .session=${t.session}></mp-tournament>`;case"tournaments":return a`<mp-tournaments></mp-tournaments>`;case"nowhere":return a`<main class="narrow" data-testid="nowhere"><h1>${d().errors.notFound}</h1><p class="hush">${d().errors.notFoundHint}</p><a class="button strong" href="/" data-testid="to-home">${d().common.home}</a></main>`}},p([w()],gt.prototype,"missing",2),gt=p([P("mp-app")],gt);export{gt as App};
