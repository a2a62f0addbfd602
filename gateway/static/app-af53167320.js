import"./part-acdcc82396.js";import{a as he,b as Ut}from"./part-899b3a3e46.js";import"./part-684e8ca3a2.js";import{u as $e,v as be}from"./part-100b4ec1d9.js";import{a as Q,b as fe,c as dt}from"./part-455c5abb9e.js";import{a as pe}from"./part-1b48277726.js";import{a as le,b as v,c as M,d as m,e as ue}from"./part-31713b41e2.js";import{a as R,b as Z,c as g,d as ce,e as H,g as de,h as U,i as me,j as O}from"./part-6240607ed1.js";import"./part-a4bb6ea20d.js";import{a as Nt,b as ae,c as S,d as P,e as oe,f as ie,g as Pt,i as lt,k as ne,n as re,o as Mt}from"./part-e08c853b0f.js";import{O as Qt,Q as Yt,T as d,V as q,W as Jt,Y as j,_ as xt,a as p,b as f,ba as Xt,c as b,d as x,e as n,ea as rt,fa as $,ga as Et,h as a,i as X,ja as Rt,k as c,ka as Zt,la as te,ma as ee,n as Tt,na as se,oa as ct}from"./part-1e038ca3f8.js";var A=new Tt(""),Y=class extends ue{constructor(){super(...arguments);this.said=""}#t;connectedCallback(){super.connectedCallback(),this.#t=A.watch(()=>{this.trouble=this.said="",this.requestUpdate()})}disconnectedCallback(){super.disconnectedCallback(),this.#t?.()}updated(){let t=this.querySelector("dialog"),e=A.value===this.name;e&&!t.open&&t.showModal(),!e&&t.open&&t.close()}close(){A.value===this.name&&(A.value="")}async attempt(t,e=""){this.said="";let s=await super.attempt(t);return s&&(this.said=e),s}fields(t){t.preventDefault();let e=new FormData(t.target);return s=>{let o=String(e.get(s)??"");return s.includes("assword")?o:o.trim()}}frame(t,e){return a`<dialog class="drawer" data-testid=${`${this.name}-drawer`} aria-labelledby=${`${this.name}-title`}
      @close=${()=>this.close()} @click=${s=>s.target===s.currentTarget&&this.close()}>
      <div class="inside">
        <header><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${t}</h2>
          <button class="quiet icon" data-testid=${`${this.name}-close`} aria-label=${d().account.close} @click=${()=>this.close()}>${H.close()}</button></header>
        ${A.value===this.name?a`
          <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
          <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
          ${e()}`:c}
      </div></dialog>`}};p([g()],Y.prototype,"said",2);var y,ve,ge,ye,we,ke,ut,Ft,Ie,Se,Te,mt=class extends Y{constructor(){super(...arguments);b(this,y);this.name="account";this.shows=[$];this.signingIn=!1}render(){let t=$.value;return this.frame(d().account.title,()=>t&&!t.guest?n(this,y,Te).call(this,t.name):this.signingIn?n(this,y,Ie).call(this):n(this,y,Se).call(this))}};y=new WeakSet,ve=async function(t){let e=this.fields(t);await this.attempt(()=>Zt(e("name"),e("password")),d().account.registered)},ge=async function(t){let e=this.fields(t);await this.attempt(()=>te(e("name"),e("password")))&&(this.signingIn=!1,this.close())},ye=async function(t){let e=this.fields(t);e("name")!==$.value?.name&&await this.attempt(()=>Rt(e("name")),d().home.renamed)},we=async function(t){let e=t.target,s=this.fields(t);await this.attempt(()=>ee(s("password"),s("newPassword")),d().account.changed)&&e.reset()},ke=async function(){await this.attempt(se)&&(this.close(),P("/"))},ut=function(t,e,s){return a`<label>${e}<input type="password" name=${t} data-testid=${`account-${t}`} autocomplete=${s?"new-password":"current-password"}
      minlength=${s?8:1} maxlength="200" required placeholder=${s?d().account.passwordHint:""} /></label>`},Ft=function(t){return a`<label>${d().account.name}<input name="name" data-testid="account-name" .value=${t} maxlength="40" autocomplete="username" autocapitalize="off" spellcheck="false" required /></label>`},Ie=function(){let t=d().account;return a`<form class="stack" @submit=${e=>{n(this,y,ge).call(this,e)}}>
        ${n(this,y,Ft).call(this,"")}${n(this,y,ut).call(this,"password",t.password,!1)}
        ${$.value?a`<p class="hush">${t.ends($.value.name)}</p>`:c}
        <button class="button strong" data-testid="account-sign-in">${t.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${()=>this.signingIn=!1}>${t.haveNot}</button>`},Se=function(){let t=d().account;return a`<p class="hush">${t.why}</p>
      <form class="stack" @submit=${e=>{n(this,y,ve).call(this,e)}}>
        ${n(this,y,Ft).call(this,$.value?.name??"")}${n(this,y,ut).call(this,"password",t.password,!0)}
        <button class="button strong" data-testid="account-register">${t.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${()=>this.signingIn=!0}>${t.have}</button>`},Te=function(t){let e=d().account;return a`<form class="beside" @submit=${s=>{n(this,y,ye).call(this,s)}}>
        ${n(this,y,Ft).call(this,t)}<button class="button" data-testid="account-rename">${d().home.rename}</button>
      </form>
      <details><summary data-testid="account-change-open">${e.change}</summary>
        <form class="stack" @submit=${s=>{n(this,y,we).call(this,s)}}>
          <input name="name" .value=${t} autocomplete="username" hidden />
          ${n(this,y,ut).call(this,"password",e.current,!1)}${n(this,y,ut).call(this,"newPassword",e.next,!0)}
          <button class="button" data-testid="account-change">${e.change}</button>
        </form></details>
      <button class="button" data-testid="account-sign-out" @click=${()=>{n(this,y,ke).call(this)}}>${e.signOut}</button>`},p([g()],mt.prototype,"signingIn",2),mt=p([R("mp-account")],mt);var B=new Tt(void 0);function xe(k){return B.value?.answer(!1),new Promise(E=>{let t=e=>{B.value=void 0,E(e)};B.value={...k,answer:t}})}var Ct=class extends O{constructor(){super(...arguments);this.shows=[B]}updated(){let t=this.querySelector("dialog");B.value&&!t.open&&t.showModal(),!B.value&&t.open&&t.close()}render(){let t=B.value;return a`<dialog data-testid="ask" aria-labelledby="ask-title" aria-describedby="ask-text" @close=${()=>B.value?.answer(!1)}>${t?a`
      <h2 id="ask-title">${t.title}</h2><p id="ask-text">${t.text}</p>
      <div class="actions">
        <button class=${t.danger?"button danger":"button strong"} data-testid="ask-yes" @click=${()=>t.answer(!0)}>${t.yes}</button>
        <button class=${t.danger?"button strong":"button"} data-testid="ask-no" autofocus @click=${()=>t.answer(!1)}>${t.no??d().common.cancel}</button>
      </div>`:c}</dialog>`}};Ct=p([R("mp-ask")],Ct);var us=6e3,ht,pt,$t,F,Ee,Re,Dt,Pe,Me,Fe,Ce,tt=class extends O{constructor(){super(...arguments);b(this,F);this.shows=[v.invitations,S,Q,M.list,M.begun];this.spoken="";this.glimpse=!1;b(this,ht,[]);b(this,pt,new Set);b(this,$t)}connectedCallback(){super.connectedCallback(),x(this,ht,[v.list.watch(()=>n(this,F,Ee).call(this)),v.invitations.watch(()=>n(this,F,Re).call(this)),S.watch(()=>n(this,F,Dt).call(this)),M.begun.watch(()=>n(this,F,Pe).call(this)),m.room.watch(()=>m.room.value&&v.settle(m.room.value.code))])}disconnectedCallback(){super.disconnectedCallback();for(let t of f(this,ht))t()}render(){let t=Q.value.length?c:M.calling?n(this,F,Me).call(this,M.calling):n(this,F,Fe).call(this);return a`${n(this,F,Ce).call(this)}<div role="status">${t}</div><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`}};ht=new WeakMap,pt=new WeakMap,$t=new WeakMap,F=new WeakSet,Ee=function(){let t=v.of(3),e=t.filter(s=>!f(this,pt).has(s.accountId));x(this,pt,new Set(t.map(s=>s.accountId))),e.length&&(this.spoken=e.map(s=>d().friends.wants(s.name)).join(" "))},Re=function(){let[t]=v.invitations.value,e=t!==void 0&&t!==f(this,$t);if(x(this,$t,t),!!e){if(S.value.page!=="play")return ct.play("go");this.glimpse=!0,setTimeout(()=>this.glimpse=!1,us)}},Dt=function(){S.value.page==="tournament"&&M.see(S.value.session)},Pe=function(){n(this,F,Dt).call(this),M.calling&&ct.play("go")},Me=function({title:t,sessionId:e}){let s=d().places;return a`<div class=${S.value.page==="play"?"call aside":"call"} data-testid="begun"><p>${s.begun(t)}</p>
      <a class="button strong" href=${`/tournament/${e}`} data-testid="begun-go">${s.goThere}</a>
      <button class="button" data-testid="begun-later" @click=${()=>M.see(e)}>${s.later}</button></div>`},Fe=function(){let t=d().friends,[e]=v.invitations.value;return e?S.value.page==="play"?this.glimpse?a`<div class="call still" data-testid="invitation"><p>${t.waits(e.name)}</p></div>`:c:a`<div class="call" data-testid="invitation"><p>${t.invites(e.name)}</p>
      <a class="button strong" href=${`/room/${e.roomCode}`} data-testid="invitation-accept">${t.join}</a>
      <button class="button" data-testid="invitation-later" @click=${()=>v.settle(e.roomCode)}>${t.later}</button></div>`:c},Ce=function(){let[t]=Q.value;return t?a`<div class="call urgent" data-testid="summons"><p><b role="alert">${t.big}</b> <span>${[t.small,Yt(t.title)].filter(Boolean).join(" · ")}</span></p>
      <a class="button strong" href=${`/tournament/${t.session}`} data-testid="summons-go">${t.way}</a></div>`:c},p([g()],tt.prototype,"spoken",2),p([g()],tt.prototype,"glimpse",2),tt=p([R("mp-calls")],tt);var hs=1e4,Lt=(k,E)=>he(k,t=>t.accountId,E),I,Le,He,Oe,K,qe,Ae,_e,Ne,bt=class extends Y{constructor(){super(...arguments);b(this,I);this.name="friends";this.shows=[$,v.list,v.invitations,m.room,m.state,S];this.invited=[]}render(){let t=d().friends;return this.frame(t.title,()=>{let[e,s,o,i]=[3,1,2,4].map(l=>v.of(l)),r=S.value.page!=="play";return a`
        ${$.value&&m.state.value==="retrying"?a`<p class="hush" role="status">${t.offline}</p>`:c}
        ${$.value&&!$.value.guest?c:a`<button class="quiet hint" data-testid="friends-register" @click=${()=>A.value="account"}>${d().account.why}</button>`}
        ${v.invitations.value.length?a`<ul data-testid="invitations">${v.invitations.value.map(l=>a`<li class="asks">
          <span class="whom"><b>${t.invites(l.name)}</b></span><span class="deeds">
          ${r?a`<a class="button strong" href=${`/room/${l.roomCode}`} data-testid="invitation-join">${t.join}</a>`:c}
          <button class="button" @click=${()=>v.settle(l.roomCode)}>${t.later}</button></span></li>`)}</ul>`:c}
        ${e.length?a`<ul>${Lt(e,l=>n(this,I,_e).call(this,l))}</ul>`:c}
        <form class="beside" @submit=${l=>{n(this,I,Le).call(this,l)}}>
          <label>${t.name}<input name="name" data-testid="friend-name" placeholder=${t.placeholder} maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
          <button class="button" data-testid="friend-ask">${t.ask}</button></form>
        ${s.length?a`<ul data-testid="friends">${Lt(s,l=>n(this,I,Ae).call(this,l))}</ul>`:e.length||o.length?c:a`<p class="hush">${t.empty}</p>`}
        ${o.length?a`<ul>${Lt(o,l=>a`<li data-testid="friend-asked" data-name=${l.name}><span class="whom"><b><bdi>${l.name}</bdi></b><small>${t.asked}</small></span>
          ${n(this,I,K).call(this,"friend-take-back",t.takeBack,"quiet",()=>v.remove(l.accountId))}</li>`)}</ul>`:c}
        ${i.length?n(this,I,Ne).call(this,i):c}`})}};I=new WeakSet,Le=async function(t){let e=t.target,s=this.fields(t)("name");if(!s||!await this.attempt(()=>v.ask(s)))return;e.reset();let o=r=>r.name.toLowerCase()===s.toLowerCase(),i=d().friends;this.said=v.of(1).some(o)?i.nowFriends(s):i.youAsked(s)},He=async function({accountId:t}){await this.attempt(async()=>{await m.open();let s=m.room.value?.code??await m.duelRoom();await m.do({case:"invite",value:{accountId:t}}),this.invited=[...this.invited,t],setTimeout(()=>this.invited=this.invited.filter(o=>o!==t),hs),(S.value.page!=="room"||S.value.code!==s)&&P(`/room/${s}`)})&&(this.said=d().friends.invited)},Oe=function(t){let e=d().friends;switch(t.whereabouts){case 2:return e.online;case 3:return e.inRoom;case 4:return e.watching;case 5:return e.inMatch;default:return e.away}},K=function(t,e,s,o){return a`<button class=${s} data-testid=${t} @click=${()=>{this.attempt(o)}}>${e}</button>`},qe=function(t){let e=d().friends;if(S.value.page==="play"||!le(t))return c;let s=m.room.value,o=s?.members.some(r=>r.accountId===t.accountId),i=this.invited.includes(t.accountId);return a`
      ${t.roomCode&&!o?a`<a class="button" href=${`/room/${t.roomCode}`} data-testid="friend-join">${e.join}</a>`:c}
      ${t.sessionId?a`<a class="button" href=${`/watch/${t.sessionId}`} data-testid="friend-watch">${d().common.watch}</a>`:c}
      ${o||t.roomCode&&!s?c:a`<button class="button" data-testid="friend-invite" ?disabled=${i} @click=${()=>{n(this,I,He).call(this,t)}}>${i?e.invited:e.invite}</button>`}`},Ae=function(t){let e=d().friends;return a`<li data-testid="friend" data-name=${t.name}>
      <i class=${`light w${t.whereabouts}`}></i>
      <span class="whom"><b><bdi>${t.name}</bdi></b><small data-testid="friend-whereabouts">${n(this,I,Oe).call(this,t)}</small></span>
      <span class="deeds">${n(this,I,qe).call(this,t)}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${H.more()}</summary>
          <div>${n(this,I,K).call(this,"friend-remove",e.remove,"quiet",()=>v.remove(t.accountId))}${n(this,I,K).call(this,"friend-block",e.block,"quiet",()=>v.block(t.accountId))}</div></details></span>
    </li>`},_e=function(t){let e=d().friends;return a`<li class="asks" data-testid="friend-asks" data-name=${t.name}>
      <span class="whom"><b><bdi>${t.name}</bdi></b><small>${e.asks}</small></span>
      <span class="deeds">${n(this,I,K).call(this,"friend-accept",e.accept,"button strong",()=>v.answer(t.accountId,!0))}
        ${n(this,I,K).call(this,"friend-decline",e.decline,"button",()=>v.answer(t.accountId,!1))}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${H.more()}</summary>
          <div>${n(this,I,K).call(this,"friend-block",e.block,"quiet",()=>v.block(t.accountId))}</div></details></span>
    </li>`},Ne=function(t){let e=d().friends;return a`<details class="blocked"><summary data-testid="friends-blocked">${e.blocked} (${t.length})</summary>
      <p class="hush">${e.blockHint}</p>
      <ul>${Lt(t,s=>a`<li data-testid="friend-blocked" data-name=${s.name}><span class="whom"><b><bdi>${s.name}</bdi></b></span>
        ${n(this,I,K).call(this,"friend-unblock",e.unblock,"quiet",()=>v.unblock(s.accountId))}</li>`)}</ul></details>`},p([g()],bt.prototype,"invited",2),bt=p([R("mp-friends")],bt);var et,vt,W,st,at,ot,gt,jt,ft=class extends O{constructor(){super(...arguments);b(this,gt);this.session="";b(this,et);b(this,vt,new Ut([]));b(this,W);b(this,st,0);b(this,at);b(this,ot,()=>{if(n(this,gt,jt).call(this),!this.session||document.visibilityState!=="visible")return;let t=this.querySelector("canvas");if(!t)return;x(this,W,new $e(t)),x(this,vt,new Ut([]));let e=f(this,vt),s=this.session;x(this,et,new fe("/ws/watch",{hello:()=>Promise.resolve({sessionId:s}),message:({body:i},r)=>{i.case==="joined"&&e.server.reset(),i.case==="frame"&&e.fold(i.value,r,()=>{})},lost:()=>{}}));let o=i=>{if(x(this,st,requestAnimationFrame(o)),!e.card||!e.server.set)return;let r=e.scene(i),l=be(r);l&&f(this,at)?.flight&&f(this,at).flight!==r.flight&&f(this,W)?.hit(l.side,l.x,l.y,i),x(this,at,r),f(this,W)?.draw(r,e.half,i,!1)};x(this,st,requestAnimationFrame(o))})}render(){return a`<canvas class="court mini" aria-hidden="true"></canvas>`}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",f(this,ot))}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",f(this,ot)),n(this,gt,jt).call(this)}updated(t){t.has("session")&&f(this,ot).call(this)}};et=new WeakMap,vt=new WeakMap,W=new WeakMap,st=new WeakMap,at=new WeakMap,ot=new WeakMap,gt=new WeakSet,jt=function(){cancelAnimationFrame(f(this,st)),f(this,et)?.close(),f(this,W)?.dispose(),x(this,et,x(this,W,void 0))},p([Z()],ft.prototype,"session",2),ft=p([R("mp-miniature")],ft);var yt,Ot,T,Bt,Ht,Ue,De,je,Be,Ke,Kt,V=class extends O{constructor(){super(...arguments);b(this,T);this.trouble="";this.nameTrouble="";this.saved=!1;this.busy="";this.shows=[$,M.list];b(this,yt,"");b(this,Ot,new pe(this,async()=>(await rt(xt.method.listSessions,{pageSize:8})).sessions))}render(){let t=d().home,e=[["easy",1,t.easy,t.easyHint],["medium",2,t.medium,t.mediumHint],["hard",3,t.hard,t.hardHint]],s=M.duel?.roomCode,o=matchMedia("(pointer: coarse)").matches;return a`<main class="home">
      <section class="hero">
        <h1><span>${d().tagline.what}</span> <span>${d().tagline.how}</span></h1>
        ${this.trouble?a`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:c}
        ${lt()?a`<a class="button strong" href=${lt()} data-testid="home-resume">${t.backToMatch}</a>`:c}
        <mp-places></mp-places>
        <div class="panel">
          <h2>${t.bot}</h2>
          <div class="trio">
            ${e.map(([i,r,l,u])=>a`
              <button class=${`button choice ${i}`} data-testid=${`home-bot-${i}`} ?disabled=${!!this.busy} aria-busy=${this.busy===i}
                @click=${()=>n(this,T,Ht).call(this,{kind:"bot",strength:r},i)}><b>${l}</b><small>${u}</small></button>`)}
          </div>
          <button class="button level" data-testid="home-bot-level" ?disabled=${!!this.busy} aria-busy=${this.busy==="level"}
            @click=${()=>n(this,T,Ht).call(this,{kind:"bot",strength:2,level:!0},"level")}><b>${t.level}</b><small>${t.levelHint}</small></button>
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${t.room}</h2>
            <button class="button strong" data-testid="home-room" ?disabled=${!!this.busy} aria-busy=${this.busy==="room"} @click=${()=>n(this,T,Ue).call(this)}>
              <b>${s?t.backToRoom(s):t.openRoom}</b></button>
            <form class="join" @submit=${i=>n(this,T,je).call(this,i)}>
              <input name="code" data-testid="join-code" aria-label=${t.code} placeholder=${t.code} maxlength="300" @input=${i=>n(this,T,De).call(this,i.target)} autocomplete="off" autocapitalize="characters" spellcheck="false" required />
              <button class="button" data-testid="join">${t.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${o?t.localTouch:t.local}</h2>
            <button class="button" data-testid="home-local" ?disabled=${!!this.busy} aria-busy=${this.busy==="local"} @click=${()=>n(this,T,Ht).call(this,{kind:"local"},"local")}>
              <b>${t.play}</b></button>
            <p class="hush">${o?t.localTouchHint:t.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"><b>${t.tournaments}</b><small>${t.tournamentsHint}</small></a>
        <form class="name" @submit=${i=>{n(this,T,Be).call(this,i)}}>
          <label for="name">${t.name}</label>
          <div><input id="name" name="name" data-testid="name-input" .value=${$.value?.name??""} placeholder=${t.namePlaceholder} maxlength="40" autocomplete="nickname" spellcheck="false" aria-describedby="name-trouble" />
          <button class="button" data-testid="name-save">${this.saved?t.renamed:t.rename}</button></div>
          <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.nameTrouble}</p>
        </form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${t.watchLive}</h2>
        ${n(this,T,Ke).call(this)}
      </section>
    </main>`}};yt=new WeakMap,Ot=new WeakMap,T=new WeakSet,Bt=async function(t,e){if(!this.busy){this.busy=t,this.trouble="";try{await e()}catch(s){this.trouble=q(s)}finally{this.busy=""}}},Ht=function(t,e){n(this,T,Bt).call(this,e,()=>Mt(t))},Ue=function(){n(this,T,Bt).call(this,"room",async()=>{P(`/room/${await m.duelRoom()}`)})},De=function(t){let e=Nt(t.value);t.value.length>e.length&&ae(e)&&(t.value=e)},je=function(t){t.preventDefault();let e=t.target,s=Nt(String(new FormData(e).get("code")??""));s&&P(`/room/${encodeURIComponent(s)}`)},Be=async function(t){t.preventDefault();let e=String(new FormData(t.target).get("name")??"").trim();if(this.nameTrouble="",e!==$.value?.name)try{await Rt(e),this.saved=!0,setTimeout(()=>this.saved=!1,2e3)}catch(s){this.nameTrouble=q(s)}},Ke=function(){let t=d().home,e=f(this,Ot).value;if(!e?.length)return a`<p class="hush">${e?t.nothingLive:d().common.loading}</p>`;let s=e.find(o=>o.sessionId===f(this,yt))??e[0];return x(this,yt,s.sessionId),a`
      <a class="feature" href=${`/watch/${s.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${s.sessionId}></mp-miniature>
        ${n(this,T,Kt).call(this,s)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${e.filter(o=>o!==s).map(o=>a`<li><a href=${`/watch/${o.sessionId}`}>${n(this,T,Kt).call(this,o)}</a></li>`)}
      </ul>`},Kt=function(t){let e=d().home;return a`<span class="line">
      <span class="names"><b><bdi>${j(t.left)}</bdi></b><span class="digits">${t.leftScore}<i>:</i>${t.rightScore}</span><b><bdi>${j(t.right)}</bdi></b></span>
      <small>${t.origin===4?e.house:c}${t.viewers?a`<span>${H.eye()} ${e.viewers(t.viewers)}</span>`:c}</small>
    </span>`},p([g()],V.prototype,"trouble",2),p([g()],V.prototype,"nameTrouble",2),p([g()],V.prototype,"saved",2),p([g()],V.prototype,"busy",2),V=p([R("mp-home")],V);var z=640;function We(k,E){let e=Math.max(1,...k.map(u=>Math.max(u.left,u.right))),s=Math.max(1,k.at(-1)?.t??1),o=u=>28+u/s*(z-56),i=u=>176-u/e*152,r=u=>k.reduce((w,N)=>`${w}H${o(N.t).toFixed(1)}V${i(u(N)).toFixed(1)}`,`M${o(0)} ${i(0)}`),l=Array.from({length:e+1},(u,w)=>w).filter(u=>u%Math.ceil(e/5)===0);return a`<svg class="chart timeline" viewBox="0 0 ${z} ${200}" role="img" aria-label=${E} data-testid="result-timeline">
    ${l.map(u=>X`<line class="grid" x1="28" x2=${z-28} y1=${i(u)} y2=${i(u)}/><text x="20" y=${i(u)+4} text-anchor="end">${u}</text>`)}
    <path class="left" d=${r(u=>u.left)} /><path class="right" d=${r(u=>u.right)} />
    ${k.map(u=>X`<circle class=${u.scorer===1?"left":"right"} cx=${o(u.t)} cy=${i(u.scorer===1?u.left:u.right)} r="4.500"/>`)}
  </svg>`}function Ve(k,E){let e=Math.max(4,...k.map(o=>o.rallyHits)),s=(z-24)/Math.max(k.length,12);return a`<svg class="chart rallies" viewBox="0 0 ${z} ${120}" role="img" aria-label=${E} data-testid="result-rallies">
    <line class="grid" x1="12" x2=${z-12} y1=${100} y2=${100} />
    ${k.map((o,i)=>{let r=Math.max(2,o.rallyHits/e*76),l=12+i*s;return X`<rect class=${o.scorer===1?"left":"right"} x=${l+s*.18} y=${100-r} width=${s*.64} height=${r} rx="2"/><text x=${l+s/2} y=${94-r} text-anchor="middle">${o.rallyHits}</text>`})}
  </svg>`}function ze(k,E,t,e){let o=t+900,i=(r,l,u)=>X`
    <rect class="paddle" x=${l-5} y="10" width="10" height=${140} rx="3"/>
    <line class="grid" x1=${l-150} x2=${l+150} y1=${160/2} y2=${160/2}/>
    ${r.slice(-160).map((w,N,L)=>X`<circle class=${u} cx=${l+(u==="left"?1:-1)*(16+(L.length<2?0:N/(L.length-1)*120))} cy=${160/2+w/o*(160/2-12)} r="3.500"/>`)}`;return a`<svg class="chart contacts" viewBox="0 0 ${z} ${160}" role="img" aria-label=${e} data-testid="result-contacts">
    ${i(k?.contactOffsets??[],160,"left")}${i(E?.contactOffsets??[],z-160,"right")}
  </svg>`}var $s=1e3,bs=8,C,Ge,Qe,Ye,Je,Xe,Ze,ts,G=class extends O{constructor(){super(...arguments);b(this,C);this.session="";this.trouble="";this.busy=!1;this.shows=[m.room,$]}updated(t){t.has("session")&&n(this,C,Ge).call(this)}render(){let t=d(),e=this.shown,s=e?.seats.length===1&&e.bot?{kind:"bot",strength:e.bot}:void 0,o=Pt(this.session)?.again??s,i=m.room.value,r=o?.kind==="room"?o.code:i?.last?.sessionId===this.session?i.code:void 0,l=a`<div class="actions">
      ${o&&o.kind!=="room"?a`<button class="button strong" data-testid="result-again" ?disabled=${this.busy} @click=${()=>{n(this,C,Qe).call(this,o)}}>${t.result.again}</button>`:c}
      ${r?a`${e?.seats.length===1?a`<button class="button strong" data-testid="result-rematch" ?disabled=${this.busy} @click=${()=>{n(this,C,Ye).call(this,r)}}>${t.result.rematch}</button>`:c}
        <button class="button" data-testid="result-room" @click=${()=>P(`/room/${r}`)}>${t.result.toRoom}</button>`:c}
      ${e&&!e.seats.length?a`<button class="button strong" data-testid="result-watch" ?disabled=${this.busy} @click=${()=>{n(this,C,Je).call(this)}}>${t.watch.another}</button>`:c}
      ${e&&!e.house?a`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay">${H.play()} ${t.replay.watch}</a>`:c}
      <a class="button" href="/" data-testid="result-home">${t.common.home}</a>
    </div>`;if(!e)return a`<main class="narrow"><h1>${t.result.title}</h1><p class=${this.trouble?"trouble":"hush"} role="status">${this.trouble||t.common.loading}</p>${l}</main>`;let{result:u}=e,w=u.stats?.game.case==="pong"?u.stats.game.value:void 0,N=L=>w?.points.length?t.result.seconds((w.points.reduce((_t,ds)=>_t+L(ds),0)/w.points.length/1e6).toFixed(1)):t.result.none;return a`<main class="result" data-testid="result">
      <section class="final">
        ${n(this,C,Ze).call(this,e)}
        <div class="board">
          <div class=${`player left ${e.seats.length===1&&e.seats[0]===0?"own":""}`}><b data-testid="result-name-left"><bdi>${e.left}</bdi></b></div>
          <div class="digits"><span data-testid="result-left">${u.left}</span><i></i><span data-testid="result-right">${u.right}</span></div>
          <div class=${`player right ${e.seats.length===1&&e.seats[0]===1?"own":""}`}><b data-testid="result-name-right"><bdi>${e.right}</bdi></b></div>
        </div>
        ${n(this,C,Xe).call(this,e)}
        ${l}
        ${this.trouble?a`<p class="trouble" role="alert">${this.trouble}</p>`:c}
      </section>
      ${w&&w.points.length+w.hits>0?a`
        <dl class="facts">
          <div><dt>${t.result.duration}</dt><dd data-testid="result-duration">${me(u.durationUs)}</dd></div>
          <div><dt>${t.result.point}</dt><dd data-testid="result-point">${N(L=>L.pointUs)}</dd></div>
          <div><dt>${t.result.serve}</dt><dd data-testid="result-serve">${N(L=>L.serveUs)}</dd></div>
          <div><dt>${t.result.longest}</dt><dd data-testid="result-longest">${t.result.hitsUnit(w.longestRally)}</dd></div>
          <div><dt>${t.result.top}</dt><dd data-testid="result-top-speed">${U(w.topSpeed/100)}<small>${t.result.speedUnit}</small></dd></div>
          <div><dt>${t.result.hits}</dt><dd data-testid="result-hits">${U(w.hits)}</dd></div>
        </dl>
        <section class="panel"><h2>${t.result.statistics}</h2>${n(this,C,ts).call(this,w)}</section>
        ${w.points.length?a`<section class="panel"><h2>${t.result.timeline}</h2>${We(w.points,t.result.timeline)}</section>
        <section class="panel"><h2>${t.result.rallies}</h2>${Ve(w.points,t.result.rallies)}</section>`:c}
        <section class="panel"><h2>${t.result.contact}</h2><p class="hush">${t.result.contactHint}</p>${ze(w.left,w.right,e.half,t.result.contact)}</section>`:c}
    </main>`}};C=new WeakSet,Ge=async function(){let t=this.session;this.shown=void 0,this.trouble="";let e=re(t);if(e){let{card:s,result:o,seats:i}=e;this.shown={left:j(s.left),right:j(s.right),accounts:[s.left?.accountId??"",s.right?.accountId??""],house:!!(s.left?.bot&&s.right?.bot),half:s.ruleset?.paddleHalfHeight||7500,result:o,seats:i,bot:s.left?.bot||s.right?.bot||0};return}for(let s=0;s<bs&&this.isConnected&&t===this.session;s++)try{let o=await Et(),{match:i}=await rt(Xt.method.getMatch,{sessionId:t}),r=i?.spec?.seats??[];this.shown={left:j(r.find(l=>l.seat===0)),right:j(r.find(l=>l.seat===1)),house:!1,accounts:[r.find(l=>l.seat===0)?.accountId??"",r.find(l=>l.seat===1)?.accountId??""],half:i?.spec?.ruleset?.paddleHalfHeight||7500,result:i.result,seats:r.filter(l=>o&&l.accountId===o.accountId).map(l=>l.seat),bot:r.find(l=>l.bot)?.bot??0};return}catch(o){this.trouble=q(o),await new Promise(i=>setTimeout(i,$s))}},Qe=async function(t){if(t.kind==="room"){P(`/room/${t.code}`);return}this.busy=!0;try{await Mt(t)}catch(e){this.trouble=q(e)}finally{this.busy=!1}},Ye=async function(t){this.busy=!0;try{await m.open(),m.room.value?.code!==t&&await m.enter(t),await m.roomOpen(t),await m.do({case:"setReady",value:{ready:!0}})}catch{}this.busy=!1,P(`/room/${t}`)},Je=async function(){this.busy=!0;try{let{sessions:t}=await rt(xt.method.listSessions,{pageSize:2}),e=t.find(s=>s.sessionId!==this.session);P(e?`/watch/${e.sessionId}`:"/")}catch(t){this.trouble=q(t)}finally{this.busy=!1}},Xe=function({seats:t,accounts:e,left:s,right:o}){let i=t.length===1?1-t[0]:void 0;return i===void 0||!e[i]?c:a`<mp-befriend .who=${e[i]} .name=${i?o:s} .named=${!0}></mp-befriend>`},Ze=function({result:t,left:e,right:s,seats:o}){let i=d().result,r=t.winner===1?0:t.winner===2?1:void 0,l=t.outcome===3?i.draw:r===void 0?i.void:o.length===1?o[0]===r?i.won:i.lost:i.wins(r===0?e:s);return a`<h1 data-testid="result-headline" class=${o.length===1&&r!==void 0?o[0]===r?"won":"lost":""}>${l}</h1>
      ${t.outcome===2?a`<p class="hush">${i.forfeit}</p>`:c}`},ts=function(t){let e=d().result,s=i=>i?`${i<1e3?"<1":U(i/1e3)} ms`:e.none,o=[[e.hits,"hits",i=>U(i?.hits??0)],[e.misses,"misses",i=>U(i?.misses??0)],[e.top,"top-speed",i=>i?.topSpeed?`${U(i.topSpeed/100)} ${e.speedUnit}`:e.none],[e.distance,"distance",i=>`${U((i?.distance??0)/100)} ${e.lengthUnit}`],[e.reaction,"reaction",i=>s(i?.reactionUs)],[e.latency,"latency",i=>s(i?.latency?.rttUs)]];return(t.left?.latency?.saves||t.right?.latency?.saves)&&o.push([e.saved,"saves",i=>U(i?.latency?.saves??0)]),a`<table data-testid="result-table"><tbody>
      ${o.map(([i,r,l])=>a`<tr><td class="left" data-testid=${`result-${r}-left`}>${l(t.left)}</td><th scope="row">${i}</th><td class="right" data-testid=${`result-${r}-right`}>${l(t.right)}</td></tr>`)}
    </tbody></table>`},p([Z()],G.prototype,"session",2),p([g()],G.prototype,"shown",2),p([g()],G.prototype,"trouble",2),p([g()],G.prototype,"busy",2),G=p([R("mp-result")],G);var fs=1e3,es=new Set,kt,It,it,h,ss,wt,as,D,os,qt,is,At,Wt,Vt,zt,ns,rs,ls,_=class extends O{constructor(){super(...arguments);b(this,h);this.code="";this.trouble="";this.watchable="";this.entering=!0;this.refused=0;this.copied=!1;this.shows=[m.room,m.state,m.out,$];b(this,kt);b(this,It,"");b(this,it)}connectedCallback(){super.connectedCallback(),x(this,kt,m.state.watch(()=>{let t=!m.room.value&&m.out.value===0;m.state.value==="open"&&t&&!this.entering&&n(this,h,wt).call(this)}))}disconnectedCallback(){var t;super.disconnectedCallback(),(t=f(this,kt))==null||t.call(this),clearTimeout(f(this,it))}updated(t){t.has("code")&&n(this,h,wt).call(this),n(this,h,ss).call(this)}render(){let t=d(),e=m.room.value;if(e?.code!==this.code)return n(this,h,ls).call(this);e.tournament&&import("./part-d322375981.js");let s=e.members.filter(o=>!o.seated);return a`<main class="room">
      <h1 class="unseen">${t.room.title} ${e.code}</h1>
      <section class="invite panel">
        <label for="room-link">${t.room.invite}</label>
        <div><input id="room-link" data-testid="room-link" readonly .value=${f(this,h,qt)} @focus=${o=>o.target.select()} />
        <button class="button strong" data-testid="room-copy" @click=${()=>{n(this,h,is).call(this)}}>${H.copy()} ${this.copied?t.common.copied:t.common.copy}</button></div>
        <p class="code" data-testid="room-code" aria-label=${t.home.code}>${e.code}</p>
      </section>
      ${m.state.value==="retrying"?a`<p class="trouble" role="status" data-testid="overlay">${t.room.reconnecting}</p>`:c}
      ${m.state.value==="replaced"?a`<p class="trouble" role="status">${t.room.elsewhere}</p>`:c}
      ${this.trouble?a`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:c}
      ${e.tournament?a`<mp-entrants .room=${e} .rules=${n(this,h,zt).call(this,e)} @command=${o=>{n(this,h,D).call(this,o.detail)}}></mp-entrants>`:a`<section class="seats">${n(this,h,Wt).call(this,e,0)}<i class="net"></i>${n(this,h,Wt).call(this,e,1)}</section>
          <section class="actions" data-testid="room-actions">${n(this,h,ns).call(this,e)}</section>
          <div class="pair">
            <mp-chat></mp-chat>
            <div>
              ${n(this,h,zt).call(this,e)}
              <section class="panel">
                <h2>${t.room.bench}</h2>
                ${s.length?a`<ul class="bench" data-testid="bench">${s.map(o=>a`<li>${n(this,h,Vt).call(this,e,o)}</li>`)}</ul>`:a`<p class="hush">${t.room.benchEmpty}</p>`}
              </section>
            </div>
          </div>`}
      <footer>${e.last?a`<a href=${`/result/${e.last.sessionId}`} data-testid="room-last">${t.room.last(e.last.result?.left??0,e.last.result?.right??0)}</a>`:c}
        <button class="quiet" data-testid="room-leave" @click=${()=>{n(this,h,os).call(this)}}>${t.room.leave}</button></footer>
    </main>`}};kt=new WeakMap,It=new WeakMap,it=new WeakMap,h=new WeakSet,ss=function(){let t=m.room.value,e=t?.code===this.code?t.sessionId:"";if(!t||e===f(this,It))return;x(this,It,e),clearTimeout(f(this,it));let s=t.members.find(i=>i.accountId===$.value?.accountId),o=`/${t.tournament?"tournament":"play"}/${e}`;!e||!(s?.seated||s?.waiting)||ne(o)||x(this,it,setTimeout(()=>!Pt(e)&&dt(()=>this.isConnected&&P(o)),fs))},wt=async function(t=""){let{code:e}=this;this.entering=!0,this.trouble=this.watchable="",this.refused=0,this.on=void 0;try{if(await m.open(),m.room.value?.code===e)return;let s=M.elsewhere(e),o=s&&m.room.value?.code===s.roomCode?m.room.value.members.find(l=>l.accountId===$.value?.accountId):void 0,i=!o||o.seated||o.waiting;if(s&&i&&s.sessionId!==t&&!es.has(s.sessionId)){this.on=s;return}let r=s&&!s.title?s.sessionId:"";await m.enter(e,r)}catch(s){if(e!==this.code||(this.trouble=q(s),!(s instanceof Qt)))return;this.refused=s.reason,s.reason===22&&(this.watchable=s.refusal.sessionId)}finally{this.entering=!1}},as=function(t){t.title&&es.add(t.sessionId),n(this,h,wt).call(this,t.sessionId)},D=async function(t){this.trouble="";try{await m.do(t)}catch(e){this.trouble=q(e)}},os=async function(){let t=m.room.value,e=t?.members.find(o=>o.accountId===$.value?.accountId),s=d().room;if(t?.sessionId&&(e?.seated||e?.waiting)){let o=t.tournament?s.leaveTournament:s.leaveMatch;if(!await xe({title:s.leaveAsk,text:o,yes:s.leaveYes,no:s.leaveNo,danger:!!t.tournament}))return}await n(this,h,D).call(this,{case:"leaveRoom",value:{code:this.code}}),P("/")},qt=function(){return`${location.origin}/room/${this.code}`},is=async function(){try{navigator.share&&matchMedia("(pointer: coarse)").matches?await navigator.share({title:"Matchpoint",url:f(this,h,qt)}):(await navigator.clipboard.writeText(f(this,h,qt)),this.copied=!0,setTimeout(()=>this.copied=!1,2e3))}catch{this.querySelector("[data-testid=room-link]")?.select()}},At=function(t,e,s=t.unlisted){let{$typeName:o,...i}=t.ruleset;n(this,h,D).call(this,{case:"setSettings",value:{ruleset:{...i,...e},unlisted:s,...t.tournament?{tournament:t.tournament}:{}}})},Wt=function(t,e){let s=d().room,o=t.members.find(r=>r.seated&&r.seat===e),i=t.members.find(r=>r.accountId===$.value?.accountId);return a`<div class=${`seat ${e?"right":"left"} ${o?.ready?"ready":""} ${o?"":"free"}`} data-testid=${e?"seat-right":"seat-left"}>
      <small>${e?s.right:s.left}</small>
      ${o?a`${n(this,h,Vt).call(this,t,o)}<span class="state">${o.connected?o.ready?s.isReady:s.waiting:s.away}</span>`:a`<b class="hush">${s.free}</b>${i&&!i.seated&&!t.sessionId?a`<button class="button" data-testid="take-seat" @click=${()=>{n(this,h,D).call(this,{case:"setSeat",value:{seated:!0}})}}>${s.take}</button>`:c}`}
    </div>`},Vt=function(t,e){let s=d(),o=e.accountId===$.value?.accountId,i=t.hostAccountId===$.value?.accountId;return a`<b class=${e.connected?"":"absent"}><bdi>${e.name}</bdi>${o?a`<em>${s.common.you}</em>`:c}${e.accountId===t.hostAccountId?a`<em class="host">${s.room.host}</em>`:c}
      ${i&&!o?a`<button class="quiet icon small" data-testid="room-kick" aria-label=${s.room.kickWhom(e.name)} title=${s.room.kickWhom(e.name)} @click=${()=>{n(this,h,D).call(this,{case:"kick",value:{accountId:e.accountId}})}}>${H.close()}</button>`:c}</b>
      <mp-befriend .who=${e.accountId} .name=${e.name}></mp-befriend>`},zt=function(t){let e=d().room,s=t.ruleset,o=t.hostAccountId===$.value?.accountId&&!t.sessionId,i=(r,l,u,w)=>{let N=w.some(([L])=>L===u)?w:[...w,[u,String(u)]];return a`<label>${l}<select data-testid=${`rule-${r}`} ?disabled=${!o} @change=${L=>n(this,h,At).call(this,t,{[r]:Number(L.target.value)})}>
        ${N.map(([L,_t])=>a`<option value=${L} ?selected=${L===u}>${_t}</option>`)}</select></label>`};return a`<details class="panel settings" ?open=${o}>
      <summary><h2>${e.settings}</h2></summary>
      ${o?c:a`<p class="hush">${e.hostOnly}</p>`}
      <div class="grid">
        ${i("pointsToWin",e.points,s?.pointsToWin??11,[1,3,5,7,11,15,21].map(r=>[r,String(r)]))}
        ${i("startSpeed",e.speed,s?.startSpeed??11e4,[[8e4,e.slow],[11e4,e.normal],[15e4,e.fast]])}
        ${i("paddleHalfHeight",e.paddle,s?.paddleHalfHeight??7500,[[5e3,e.small],[7500,e.normal],[11e3,e.large]])}
        ${i("timeLimitS",e.time,s?.timeLimitS??1800,[180,300,600,1800].map(r=>[r,e.minutes(r/60)]))}
      </div>
      <label class="check"><input type="checkbox" .checked=${s?.directionsOnly??!1} ?disabled=${!o} @change=${r=>n(this,h,At).call(this,t,{directionsOnly:r.target.checked})} />${e.directions}</label>
      <label class="check"><input type="checkbox" .checked=${t.unlisted} ?disabled=${!o} @change=${r=>n(this,h,At).call(this,t,{},r.target.checked)} />${e.unlisted}</label>
    </details>`},ns=function(t){let e=d().room,s=t.members.find(u=>u.accountId===$.value?.accountId),o=t.hostAccountId===s?.accountId,i=t.members.filter(u=>u.seated),r=i.length===2&&i.every(u=>u.ready);if(t.sessionId)return a`<p>${e.playing}</p><button class="button strong" data-testid="room-to-match" @click=${()=>P(`/${s?.seated?"play":"watch"}/${t.sessionId}`)}>${s?.seated?e.toMatch:d().common.watch}</button>`;let l=i.length<2?e.needPlayer:r?o?e.canStart:e.hostStarts:e.needReady;return a`
      ${s?.seated?a`<button class=${`button ${s.ready?"":"strong"}`} data-testid="room-ready" aria-pressed=${s.ready} @click=${()=>{n(this,h,D).call(this,{case:"setReady",value:{ready:!s.ready}})}}>${s.ready?e.notReady:e.ready}</button>`:c}
      ${o?a`<button class=${`button ${r?"strong":""}`} data-testid="room-start" ?disabled=${!r} @click=${()=>{n(this,h,D).call(this,{case:"start",value:{}})}}>${e.start}</button>`:c}
      <p class="hush" aria-live="polite">${l}</p>
      ${s?.seated?a`<button class="quiet" data-testid="room-bench" @click=${()=>{n(this,h,D).call(this,{case:"setSeat",value:{seated:!1}})}}>${e.giveUp}</button>`:c}`},rs=function(t){let e=d().room,s=t.title?`/tournament/${t.sessionId}`:`/play/${t.sessionId}`;return a`<main class="narrow" data-testid="is-on">
      <h1>${t.title?a`<bdi>${t.title}</bdi>`:e.matchOn}</h1>
      <p>${t.title?e.tournamentOnText:e.matchOnText}</p>
      <div class="actions">
        <a class="button strong" href=${s} data-testid="is-on-back">${t.title?e.toTournament:e.backToMatch}</a>
        <button class="button" data-testid="is-on-enter" @click=${()=>n(this,h,as).call(this,t)}>${e.enter(this.code)}</button>
      </div></main>`},ls=function(){let t=d(),e=m.room.value?.code??"";if(this.on)return n(this,h,rs).call(this,this.on);let s=e?t.room.inAnother:m.out.value===2?t.room.kicked:m.out.value===3?t.room.tooLongAway:"";return this.entering&&!this.trouble?a`<main class="narrow"><p class="hush">${t.common.loading}</p></main>`:a`<main class="narrow">
      <h1>${t.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble">${this.trouble||s||($.value===null?Jt(1):t.errors.unreachable)}</p>
      <div class="actions">
        ${this.trouble&&e?a`<a class="button strong" href=${`/room/${e}`} data-testid="own-room">${t.room.ownRoom}</a>`:c}
        ${this.watchable?a`<a class="button strong" href=${`/watch/${this.watchable}`}>${t.common.watch}</a>`:m.out.value===2||this.refused===20?c:a`<button class=${this.trouble&&e?"button":"button strong"} @click=${()=>{n(this,h,wt).call(this)}}>${this.trouble?t.common.retry:e?t.room.comeBack:s?t.room.rejoin:t.common.retry}</button>`}
        <a class="button" href="/">${t.common.home}</a>
      </div></main>`},p([Z()],_.prototype,"code",2),p([g()],_.prototype,"trouble",2),p([g()],_.prototype,"watchable",2),p([g()],_.prototype,"entering",2),p([g()],_.prototype,"refused",2),p([g()],_.prototype,"on",2),p([g()],_.prototype,"copied",2),_=p([R("mp-room")],_);var vs={replay:()=>import("./part-f0ba659d0f.js"),tournament:()=>import("./part-30ae8332b2.js"),tournaments:()=>import("./part-af19f6821e.js")},nt,J,Gt,cs,St=class extends O{constructor(){super(...arguments);b(this,J);this.shows=[S,$,v.list,v.invitations,Q,M.begun];b(this,nt);this.missing=!1}connectedCallback(){super.connectedCallback(),this.addEventListener("click",oe);let t=()=>ct.wake();addEventListener("pointerdown",t),addEventListener("keydown",t),m.started=({entry:s,roomCode:o})=>{if(!s)return;ie(s,{kind:"room",code:o});let i=!!M.of(o)?.title;if(i&&m.room.value?.code!==o)return dt(()=>M.call(s.sessionId));dt(()=>P(i?`/tournament/${s.sessionId}`:s.ticket&&s.seats.length?`/play/${s.sessionId}`:`/watch/${s.sessionId}`))},S.watch(()=>{A.value="",n(this,J,Gt).call(this)}),n(this,J,Gt).call(this);let e=/^\/tournament\/(.+)$/.exec(lt())?.[1];e&&S.value.page!=="tournament"&&import("./part-dae831ccd0.js").then(({attend:s,stay:o})=>o(s(e)),()=>{}),Et().catch(s=>console.warn(q(s)))}updated(){let t=S.value,e=d();m.watching=t.page==="watch"||t.page==="tournament"?t.session:"";let s=t.page==="room"?`${e.room.title} ${t.code}`:t.page==="watch"?e.common.watch:t.page==="result"?e.result.title:t.page==="replay"?e.replay.title:t.page==="nowhere"?e.errors.notFound:t.page==="tournaments"?e.home.tournaments:"",[o]=Q.value;document.title=o?`▶ ${o.big} · Matchpoint`:s?`${s} · Matchpoint`:"Matchpoint",f(this,nt)&&f(this,nt)!==t&&requestAnimationFrame(()=>{let i=this.querySelector("main");i?.setAttribute("tabindex","-1"),i?.focus({preventScroll:!0})}),x(this,nt,t)}render(){let t=["play","watch","replay"].includes(S.value.page),e=d(),s=$.value,o=v.waiting;return a`
      <header class=${t?"top slim":"top"}>
        ${ce()}
        <nav>${t?c:a`<button class="quiet who" data-testid="account" aria-haspopup="dialog" title=${e.account.title} @click=${()=>A.value="account"}>${H.person()}<span data-testid="who">${s?a`<bdi>${s.name}</bdi>`:e.account.signIn}</span></button>`}
          <button class="quiet icon" data-testid="friends-open" aria-haspopup="dialog" aria-label=${e.friends.open(o)} title=${e.friends.title}
            @click=${()=>A.value="friends"}>${H.friends()}${o?a`<span class="badge" data-testid="friends-badge">${o}</span>`:c}</button>
          ${de(()=>this.requestUpdate())}</nav>
      </header>
      ${n(this,J,cs).call(this)}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account><mp-ask></mp-ask>`}};nt=new WeakMap,J=new WeakSet,Gt=function(){this.missing=!1,vs[S.value.page]?.().catch(()=>this.missing=!0)},cs=function(){let t=S.value,e=d();if(this.missing)return a`<main class="narrow"><h1>${e.errors.unreachable}</h1><button class="button strong" @click=${()=>location.reload()}>${e.common.retry}</button></main>`;switch(t.page){case"home":return a`<mp-home></mp-home>`;case"room":return a`<mp-room .code=${t.code}></mp-room>`;case"play":case"watch":return a`<mp-match .mode=${t.page} .session=${t.session}></mp-match>`;case"result":return a`<mp-result .session=${t.session}></mp-result>`;case"replay":return a`<mp-replay .session=${t.session} .match=${t.match}></mp-replay>`;case"tournament":return a`<mp-tournament .session=${t.session}></mp-tournament>`;case"tournaments":return a`<mp-tournaments></mp-tournaments>`;case"nowhere":return a`<main class="narrow" data-testid="nowhere"><h1>${d().errors.notFound}</h1><p class="hush">${d().errors.notFoundHint}</p><a class="button strong" href="/" data-testid="to-home">${d().common.home}</a></main>`}},p([g()],St.prototype,"missing",2),St=p([R("mp-app")],St);export{St as App};
