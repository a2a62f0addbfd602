import"./part-acaf1aa722.js";import{a as ue}from"./part-c9f0cadba4.js";import{a as re,b as qt}from"./part-dcc08ef469.js";import"./part-1bccef235c.js";import{s as ce,t as de}from"./part-c1724fce34.js";import{a as G,b as me,c as ct}from"./part-3503ace97e.js";import{a as le}from"./part-6baec4c758.js";import{a as se,b as v,c as F,d as u,e as ne}from"./part-5e40eafdde.js";import{a as M,b as X,c as w,d as ae,e as H,g as oe,h as N,i as ie,j as q}from"./part-1f795e0233.js";import"./part-a4bb6ea20d.js";import{a as S,b as x,c as Xt,d as Zt,e as Rt,g as rt,i as te,l as ee,m as xt}from"./part-97be49323d.js";import{P as Vt,S as d,U as A,V as zt,X as j,_ as St,a as p,b,ba as nt,c as $,ca as f,d as I,da as Tt,e as n,ga as It,h as a,ha as Gt,i as Q,ia as Yt,ja as Jt,k as c,ka as Qt,la as lt,n as Wt}from"./part-ada9a35777.js";var O=new Wt(""),Y=class extends ne{constructor(){super(...arguments);this.said=""}#t;connectedCallback(){super.connectedCallback(),this.#t=O.watch(()=>{this.trouble=this.said="",this.requestUpdate()})}disconnectedCallback(){super.disconnectedCallback(),this.#t?.()}updated(){let t=this.querySelector("dialog"),e=O.value===this.name;e&&!t.open&&t.showModal(),!e&&t.open&&t.close()}close(){O.value===this.name&&(O.value="")}async attempt(t,e=""){this.said="";let s=await super.attempt(t);return s&&(this.said=e),s}fields(t){t.preventDefault();let e=new FormData(t.target);return s=>{let o=String(e.get(s)??"");return s.includes("assword")?o:o.trim()}}frame(t,e){return a`<dialog class="drawer" data-testid=${`${this.name}-drawer`} aria-labelledby=${`${this.name}-title`}
      @close=${()=>this.close()} @click=${s=>s.target===s.currentTarget&&this.close()}>
      <div class="inside">
        <header><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${t}</h2>
          <button class="quiet icon" data-testid=${`${this.name}-close`} aria-label=${d().account.close} @click=${()=>this.close()}>${H.close()}</button></header>
        ${O.value===this.name?a`
          <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
          <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
          ${e()}`:c}
      </div></dialog>`}};p([w()],Y.prototype,"said",2);var g,he,pe,$e,be,fe,mt,Et,ve,ge,ye,dt=class extends Y{constructor(){super(...arguments);$(this,g);this.name="account";this.shows=[f];this.signingIn=!1}render(){let t=f.value;return this.frame(d().account.title,()=>t&&!t.guest?n(this,g,ye).call(this,t.name):this.signingIn?n(this,g,ve).call(this):n(this,g,ge).call(this))}};g=new WeakSet,he=async function(t){let e=this.fields(t);await this.attempt(()=>Gt(e("name"),e("password")),d().account.registered)},pe=async function(t){let e=this.fields(t);await this.attempt(()=>Yt(e("name"),e("password")))&&(this.signingIn=!1,this.close())},$e=async function(t){let e=this.fields(t);e("name")!==f.value?.name&&await this.attempt(()=>It(e("name")),d().home.renamed)},be=async function(t){let e=t.target,s=this.fields(t);await this.attempt(()=>Jt(s("password"),s("newPassword")),d().account.changed)&&e.reset()},fe=async function(){await this.attempt(Qt)&&(this.close(),x("/"))},mt=function(t,e,s){return a`<label>${e}<input type="password" name=${t} data-testid=${`account-${t}`} autocomplete=${s?"new-password":"current-password"}
      minlength=${s?8:1} maxlength="200" required placeholder=${s?d().account.passwordHint:""} /></label>`},Et=function(t){return a`<label>${d().account.name}<input name="name" data-testid="account-name" .value=${t} maxlength="40" autocomplete="username" autocapitalize="off" spellcheck="false" required /></label>`},ve=function(){let t=d().account;return a`<form class="stack" @submit=${e=>{n(this,g,pe).call(this,e)}}>
        ${n(this,g,Et).call(this,"")}${n(this,g,mt).call(this,"password",t.password,!1)}
        ${f.value?a`<p class="hush">${t.ends(f.value.name)}</p>`:c}
        <button class="button strong" data-testid="account-sign-in">${t.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${()=>this.signingIn=!1}>${t.haveNot}</button>`},ge=function(){let t=d().account;return a`<p class="hush">${t.why}</p>
      <form class="stack" @submit=${e=>{n(this,g,he).call(this,e)}}>
        ${n(this,g,Et).call(this,f.value?.name??"")}${n(this,g,mt).call(this,"password",t.password,!0)}
        <button class="button strong" data-testid="account-register">${t.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${()=>this.signingIn=!0}>${t.have}</button>`},ye=function(t){let e=d().account;return a`<form class="beside" @submit=${s=>{n(this,g,$e).call(this,s)}}>
        ${n(this,g,Et).call(this,t)}<button class="button" data-testid="account-rename">${d().home.rename}</button>
      </form>
      <details><summary data-testid="account-change-open">${e.change}</summary>
        <form class="stack" @submit=${s=>{n(this,g,be).call(this,s)}}>
          <input name="name" .value=${t} autocomplete="username" hidden />
          ${n(this,g,mt).call(this,"password",e.current,!1)}${n(this,g,mt).call(this,"newPassword",e.next,!0)}
          <button class="button" data-testid="account-change">${e.change}</button>
        </form></details>
      <button class="button" data-testid="account-sign-out" @click=${()=>{n(this,g,fe).call(this)}}>${e.signOut}</button>`},p([w()],dt.prototype,"signingIn",2),dt=p([M("mp-account")],dt);var ss=6e3,ut,ht,pt,E,we,ke,Ot,Se,Te,Ie,Re,Z=class extends q{constructor(){super(...arguments);$(this,E);this.shows=[v.invitations,S,G,F.list,F.begun];this.spoken="";this.glimpse=!1;$(this,ut,[]);$(this,ht,new Set);$(this,pt)}connectedCallback(){super.connectedCallback(),I(this,ut,[v.list.watch(()=>n(this,E,we).call(this)),v.invitations.watch(()=>n(this,E,ke).call(this)),S.watch(()=>n(this,E,Ot).call(this)),F.begun.watch(()=>n(this,E,Se).call(this)),u.room.watch(()=>u.room.value&&v.settle(u.room.value.code))])}disconnectedCallback(){super.disconnectedCallback();for(let t of b(this,ut))t()}render(){let t=G.value.length?c:F.calling?n(this,E,Te).call(this,F.calling):n(this,E,Ie).call(this);return a`${n(this,E,Re).call(this)}<div role="status">${t}</div><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`}};ut=new WeakMap,ht=new WeakMap,pt=new WeakMap,E=new WeakSet,we=function(){let t=v.of(3),e=t.filter(s=>!b(this,ht).has(s.accountId));I(this,ht,new Set(t.map(s=>s.accountId))),e.length&&(this.spoken=e.map(s=>d().friends.wants(s.name)).join(" "))},ke=function(){let[t]=v.invitations.value,e=t!==void 0&&t!==b(this,pt);if(I(this,pt,t),!!e){if(S.value.page!=="play")return lt.play("go");this.glimpse=!0,setTimeout(()=>this.glimpse=!1,ss)}},Ot=function(){S.value.page==="tournament"&&F.see(S.value.session)},Se=function(){n(this,E,Ot).call(this),F.calling&&lt.play("go")},Te=function({title:t,sessionId:e}){let s=d().places;return a`<div class=${S.value.page==="play"?"call aside":"call"} data-testid="begun"><p>${s.begun(t)}</p>
      <a class="button strong" href=${`/tournament/${e}`} data-testid="begun-go">${s.goThere}</a>
      <button class="button" data-testid="begun-later" @click=${()=>F.see(e)}>${s.later}</button></div>`},Ie=function(){let t=d().friends,[e]=v.invitations.value;return e?S.value.page==="play"?this.glimpse?a`<div class="call still" data-testid="invitation"><p>${t.waits(e.name)}</p></div>`:c:a`<div class="call" data-testid="invitation"><p>${t.invites(e.name)}</p>
      <a class="button strong" href=${`/room/${e.roomCode}`} data-testid="invitation-accept">${t.join}</a>
      <button class="button" data-testid="invitation-later" @click=${()=>v.settle(e.roomCode)}>${t.later}</button></div>`:c},Re=function(){let[t]=G.value;return t?a`<div class="call urgent" data-testid="summons"><p><b role="alert">${t.big}</b> <span>${[t.small,t.title].filter(Boolean).join(" · ")}</span></p>
      <a class="button strong" href=${`/tournament/${t.session}`} data-testid="summons-go">${t.way}</a></div>`:c},p([w()],Z.prototype,"spoken",2),p([w()],Z.prototype,"glimpse",2),Z=p([M("mp-calls")],Z);var as=1e4,Pt=(T,P)=>re(T,t=>t.accountId,P),k,xe,Ee,Pe,B,Me,Fe,Ce,Le,$t=class extends Y{constructor(){super(...arguments);$(this,k);this.name="friends";this.shows=[f,v.list,v.invitations,u.room,u.state,S];this.invited=[]}render(){let t=d().friends;return this.frame(t.title,()=>{let[e,s,o,i]=[3,1,2,4].map(l=>v.of(l)),r=S.value.page!=="play";return a`
        ${f.value&&u.state.value==="retrying"?a`<p class="hush" role="status">${t.offline}</p>`:c}
        ${f.value&&!f.value.guest?c:a`<button class="quiet hint" data-testid="friends-register" @click=${()=>O.value="account"}>${d().account.why}</button>`}
        ${v.invitations.value.length?a`<ul data-testid="invitations">${v.invitations.value.map(l=>a`<li class="asks">
          <span class="whom"><b>${t.invites(l.name)}</b></span><span class="deeds">
          ${r?a`<a class="button strong" href=${`/room/${l.roomCode}`} data-testid="invitation-join">${t.join}</a>`:c}
          <button class="button" @click=${()=>v.settle(l.roomCode)}>${t.later}</button></span></li>`)}</ul>`:c}
        ${e.length?a`<ul>${Pt(e,l=>n(this,k,Ce).call(this,l))}</ul>`:c}
        <form class="beside" @submit=${l=>{n(this,k,xe).call(this,l)}}>
          <label>${t.name}<input name="name" data-testid="friend-name" placeholder=${t.placeholder} maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
          <button class="button" data-testid="friend-ask">${t.ask}</button></form>
        ${s.length?a`<ul data-testid="friends">${Pt(s,l=>n(this,k,Fe).call(this,l))}</ul>`:e.length||o.length?c:a`<p class="hush">${t.empty}</p>`}
        ${o.length?a`<ul>${Pt(o,l=>a`<li data-testid="friend-asked" data-name=${l.name}><span class="whom"><b>${l.name}</b><small>${t.asked}</small></span>
          ${n(this,k,B).call(this,"friend-take-back",t.takeBack,"quiet",()=>v.remove(l.accountId))}</li>`)}</ul>`:c}
        ${i.length?n(this,k,Le).call(this,i):c}`})}};k=new WeakSet,xe=async function(t){let e=t.target,s=this.fields(t)("name");if(!s||!await this.attempt(()=>v.ask(s)))return;e.reset();let o=r=>r.name.toLowerCase()===s.toLowerCase(),i=d().friends;this.said=v.of(1).some(o)?i.nowFriends(s):i.youAsked(s)},Ee=async function({accountId:t}){await this.attempt(async()=>{await u.open();let s=u.room.value?.code??await u.duelRoom();await u.do({case:"invite",value:{accountId:t}}),this.invited=[...this.invited,t],setTimeout(()=>this.invited=this.invited.filter(o=>o!==t),as),(S.value.page!=="room"||S.value.code!==s)&&x(`/room/${s}`)})&&(this.said=d().friends.invited)},Pe=function(t){let e=d().friends;switch(t.whereabouts){case 2:return e.online;case 3:return e.inRoom;case 4:return e.watching;case 5:return e.inMatch;default:return e.away}},B=function(t,e,s,o){return a`<button class=${s} data-testid=${t} @click=${()=>{this.attempt(o)}}>${e}</button>`},Me=function(t){let e=d().friends;if(S.value.page==="play"||!se(t))return c;let s=u.room.value,o=s?.members.some(r=>r.accountId===t.accountId),i=this.invited.includes(t.accountId);return a`
      ${t.roomCode&&!o?a`<a class="button" href=${`/room/${t.roomCode}`} data-testid="friend-join">${e.join}</a>`:c}
      ${t.sessionId?a`<a class="button" href=${`/watch/${t.sessionId}`} data-testid="friend-watch">${d().common.watch}</a>`:c}
      ${o||t.roomCode&&!s?c:a`<button class="button" data-testid="friend-invite" ?disabled=${i} @click=${()=>{n(this,k,Ee).call(this,t)}}>${i?e.invited:e.invite}</button>`}`},Fe=function(t){let e=d().friends;return a`<li data-testid="friend" data-name=${t.name}>
      <i class=${`light w${t.whereabouts}`}></i>
      <span class="whom"><b>${t.name}</b><small data-testid="friend-whereabouts">${n(this,k,Pe).call(this,t)}</small></span>
      <span class="deeds">${n(this,k,Me).call(this,t)}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${H.more()}</summary>
          <div>${n(this,k,B).call(this,"friend-remove",e.remove,"quiet",()=>v.remove(t.accountId))}${n(this,k,B).call(this,"friend-block",e.block,"quiet",()=>v.block(t.accountId))}</div></details></span>
    </li>`},Ce=function(t){let e=d().friends;return a`<li class="asks" data-testid="friend-asks" data-name=${t.name}>
      <span class="whom"><b>${t.name}</b><small>${e.asks}</small></span>
      <span class="deeds">${n(this,k,B).call(this,"friend-accept",e.accept,"button strong",()=>v.answer(t.accountId,!0))}
        ${n(this,k,B).call(this,"friend-decline",e.decline,"button",()=>v.answer(t.accountId,!1))}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${H.more()}</summary>
          <div>${n(this,k,B).call(this,"friend-block",e.block,"quiet",()=>v.block(t.accountId))}</div></details></span>
    </li>`},Le=function(t){let e=d().friends;return a`<details class="blocked"><summary data-testid="friends-blocked">${e.blocked} (${t.length})</summary>
      <p class="hush">${e.blockHint}</p>
      <ul>${Pt(t,s=>a`<li data-testid="friend-blocked" data-name=${s.name}><span class="whom"><b>${s.name}</b></span>
        ${n(this,k,B).call(this,"friend-unblock",e.unblock,"quiet",()=>v.unblock(s.accountId))}</li>`)}</ul></details>`},p([w()],$t.prototype,"invited",2),$t=p([M("mp-friends")],$t);var tt,ft,K,et,st,at,vt,_t,bt=class extends q{constructor(){super(...arguments);$(this,vt);this.session="";$(this,tt);$(this,ft,new qt([]));$(this,K);$(this,et,0);$(this,st);$(this,at,()=>{if(n(this,vt,_t).call(this),!this.session||document.visibilityState!=="visible")return;let t=this.querySelector("canvas");if(!t)return;I(this,K,new ce(t)),I(this,ft,new qt([]));let e=b(this,ft),s=this.session;I(this,tt,new me("/ws/watch",{hello:()=>Promise.resolve({sessionId:s}),message:({body:i},r)=>{i.case==="joined"&&e.server.reset(),i.case==="frame"&&e.fold(i.value,r,()=>{})},lost:()=>{}}));let o=i=>{if(I(this,et,requestAnimationFrame(o)),!e.card||!e.server.set)return;let r=e.scene(i),l=de(r);l&&b(this,st)?.flight&&b(this,st).flight!==r.flight&&b(this,K)?.hit(l.side,l.x,l.y,i),I(this,st,r),b(this,K)?.draw(r,e.half,i,!1)};I(this,et,requestAnimationFrame(o))})}render(){return a`<canvas class="court mini" aria-hidden="true"></canvas>`}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",b(this,at))}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",b(this,at)),n(this,vt,_t).call(this)}updated(t){t.has("session")&&b(this,at).call(this)}};tt=new WeakMap,ft=new WeakMap,K=new WeakMap,et=new WeakMap,st=new WeakMap,at=new WeakMap,vt=new WeakSet,_t=function(){cancelAnimationFrame(b(this,et)),b(this,tt)?.close(),b(this,K)?.dispose(),I(this,tt,I(this,K,void 0))},p([X()],bt.prototype,"session",2),bt=p([M("mp-miniature")],bt);var gt,Ft,R,Nt,Mt,He,Ae,qe,Oe,Ut,W=class extends q{constructor(){super(...arguments);$(this,R);this.trouble="";this.nameTrouble="";this.saved=!1;this.busy="";this.shows=[f,F.list];$(this,gt,"");$(this,Ft,new le(this,async()=>(await nt(St.method.listSessions,{pageSize:8})).sessions))}render(){let t=d().home,e=[["easy",1,t.easy,t.easyHint],["medium",2,t.medium,t.mediumHint],["hard",3,t.hard,t.hardHint]],s=F.duel?.roomCode,o=matchMedia("(pointer: coarse)").matches;return a`<main class="home">
      <section class="hero">
        <h1><span>${d().tagline.what}</span> <span>${d().tagline.how}</span></h1>
        ${this.trouble?a`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:c}
        ${rt()?a`<a class="button strong" href=${rt()} data-testid="home-resume">${t.backToMatch}</a>`:c}
        <mp-places></mp-places>
        <div class="panel">
          <h2>${t.bot}</h2>
          <div class="trio">
            ${e.map(([i,r,l,m])=>a`
              <button class=${`button choice ${i}`} data-testid=${`home-bot-${i}`} ?disabled=${!!this.busy} aria-busy=${this.busy===i}
                @click=${()=>n(this,R,Mt).call(this,{kind:"bot",strength:r},i)}><b>${l}</b><small>${m}</small></button>`)}
          </div>
          <button class="button level" data-testid="home-bot-level" ?disabled=${!!this.busy} aria-busy=${this.busy==="level"}
            @click=${()=>n(this,R,Mt).call(this,{kind:"bot",strength:2,level:!0},"level")}><b>${t.level}</b><small>${t.levelHint}</small></button>
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${t.room}</h2>
            <button class="button strong" data-testid="home-room" ?disabled=${!!this.busy} aria-busy=${this.busy==="room"} @click=${()=>n(this,R,He).call(this)}>
              <b>${s?t.backToRoom(s):t.openRoom}</b></button>
            <form class="join" @submit=${i=>n(this,R,Ae).call(this,i)}>
              <input name="code" data-testid="join-code" aria-label=${t.code} placeholder=${t.code} maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck="false" required />
              <button class="button" data-testid="join">${t.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${o?t.localTouch:t.local}</h2>
            <button class="button" data-testid="home-local" ?disabled=${!!this.busy} aria-busy=${this.busy==="local"} @click=${()=>n(this,R,Mt).call(this,{kind:"local"},"local")}>
              <b>${t.play}</b></button>
            <p class="hush">${o?t.localTouchHint:t.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"><b>${t.tournaments}</b><small>${t.tournamentsHint}</small></a>
        <form class="name" @submit=${i=>{n(this,R,qe).call(this,i)}}>
          <label for="name">${t.name}</label>
          <div><input id="name" name="name" data-testid="name-input" .value=${f.value?.name??""} placeholder=${t.namePlaceholder} maxlength="40" autocomplete="nickname" spellcheck="false" aria-describedby="name-trouble" />
          <button class="button" data-testid="name-save">${this.saved?t.renamed:t.rename}</button></div>
          <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.nameTrouble}</p>
        </form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${t.watchLive}</h2>
        ${n(this,R,Oe).call(this)}
      </section>
    </main>`}};gt=new WeakMap,Ft=new WeakMap,R=new WeakSet,Nt=async function(t,e){if(!this.busy){this.busy=t,this.trouble="";try{await e()}catch(s){this.trouble=A(s)}finally{this.busy=""}}},Mt=function(t,e){n(this,R,Nt).call(this,e,()=>xt(t))},He=function(){n(this,R,Nt).call(this,"room",async()=>{x(`/room/${await u.duelRoom()}`)})},Ae=function(t){t.preventDefault();let e=t.target,s=String(new FormData(e).get("code")??"").replace(/[\s-]/g,"").toUpperCase();s&&x(`/room/${encodeURIComponent(s)}`)},qe=async function(t){t.preventDefault();let e=String(new FormData(t.target).get("name")??"").trim();if(this.nameTrouble="",e!==f.value?.name)try{await It(e),this.saved=!0,setTimeout(()=>this.saved=!1,2e3)}catch(s){this.nameTrouble=A(s)}},Oe=function(){let t=d().home,e=b(this,Ft).value;if(!e?.length)return a`<p class="hush">${e?t.nothingLive:d().common.loading}</p>`;let s=e.find(o=>o.sessionId===b(this,gt))??e[0];return I(this,gt,s.sessionId),a`
      <a class="feature" href=${`/watch/${s.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${s.sessionId}></mp-miniature>
        ${n(this,R,Ut).call(this,s)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${e.filter(o=>o!==s).map(o=>a`<li><a href=${`/watch/${o.sessionId}`}>${n(this,R,Ut).call(this,o)}</a></li>`)}
      </ul>`},Ut=function(t){let e=d().home;return a`<span class="line">
      <span class="names"><b>${j(t.left)}</b><span class="digits">${t.leftScore}<i>:</i>${t.rightScore}</span><b>${j(t.right)}</b></span>
      <small>${t.origin===4?e.house:c}${t.viewers?a`<span>${H.eye()} ${e.viewers(t.viewers)}</span>`:c}</small>
    </span>`},p([w()],W.prototype,"trouble",2),p([w()],W.prototype,"nameTrouble",2),p([w()],W.prototype,"saved",2),p([w()],W.prototype,"busy",2),W=p([M("mp-home")],W);var V=640;function _e(T,P){let e=Math.max(1,...T.map(m=>Math.max(m.left,m.right))),s=Math.max(1,T.at(-1)?.t??1),o=m=>28+m/s*(V-56),i=m=>176-m/e*152,r=m=>T.reduce((y,_)=>`${y}H${o(_.t).toFixed(1)}V${i(m(_)).toFixed(1)}`,`M${o(0)} ${i(0)}`),l=Array.from({length:e+1},(m,y)=>y).filter(m=>m%Math.ceil(e/5)===0);return a`<svg class="chart timeline" viewBox="0 0 ${V} ${200}" role="img" aria-label=${P} data-testid="result-timeline">
    ${l.map(m=>Q`<line class="grid" x1="28" x2=${V-28} y1=${i(m)} y2=${i(m)}/><text x="20" y=${i(m)+4} text-anchor="end">${m}</text>`)}
    <path class="left" d=${r(m=>m.left)} /><path class="right" d=${r(m=>m.right)} />
    ${T.map(m=>Q`<circle class=${m.scorer===1?"left":"right"} cx=${o(m.t)} cy=${i(m.scorer===1?m.left:m.right)} r="4.500"/>`)}
  </svg>`}function Ne(T,P){let e=Math.max(4,...T.map(o=>o.rallyHits)),s=(V-24)/Math.max(T.length,12);return a`<svg class="chart rallies" viewBox="0 0 ${V} ${120}" role="img" aria-label=${P} data-testid="result-rallies">
    <line class="grid" x1="12" x2=${V-12} y1=${100} y2=${100} />
    ${T.map((o,i)=>{let r=Math.max(2,o.rallyHits/e*76),l=12+i*s;return Q`<rect class=${o.scorer===1?"left":"right"} x=${l+s*.18} y=${100-r} width=${s*.64} height=${r} rx="2"/><text x=${l+s/2} y=${94-r} text-anchor="middle">${o.rallyHits}</text>`})}
  </svg>`}function Ue(T,P,t,e){let o=t+900,i=(r,l,m)=>Q`
    <rect class="paddle" x=${l-5} y="10" width="10" height=${140} rx="3"/>
    <line class="grid" x1=${l-150} x2=${l+150} y1=${160/2} y2=${160/2}/>
    ${r.slice(-160).map((y,_,L)=>Q`<circle class=${m} cx=${l+(m==="left"?1:-1)*(16+(L.length<2?0:_/(L.length-1)*120))} cy=${160/2+y/o*(160/2-12)} r="3.500"/>`)}`;return a`<svg class="chart contacts" viewBox="0 0 ${V} ${160}" role="img" aria-label=${e} data-testid="result-contacts">
    ${i(T?.contactOffsets??[],160,"left")}${i(P?.contactOffsets??[],V-160,"right")}
  </svg>`}var is=1e3,ns=8,C,De,je,Be,Ke,We,Ve,ze,z=class extends q{constructor(){super(...arguments);$(this,C);this.session="";this.trouble="";this.busy=!1;this.shows=[u.room,f]}updated(t){t.has("session")&&n(this,C,De).call(this)}render(){let t=d(),e=this.shown,s=e?.seats.length===1&&e.bot?{kind:"bot",strength:e.bot}:void 0,o=Rt(this.session)?.again??s,i=u.room.value,r=o?.kind==="room"?o.code:i?.last?.sessionId===this.session?i.code:void 0,l=a`<div class="actions">
      ${o&&o.kind!=="room"?a`<button class="button strong" data-testid="result-again" ?disabled=${this.busy} @click=${()=>{n(this,C,je).call(this,o)}}>${t.result.again}</button>`:c}
      ${r?a`${e?.seats.length===1?a`<button class="button strong" data-testid="result-rematch" ?disabled=${this.busy} @click=${()=>{n(this,C,Be).call(this,r)}}>${t.result.rematch}</button>`:c}
        <button class="button" data-testid="result-room" @click=${()=>x(`/room/${r}`)}>${t.result.toRoom}</button>`:c}
      ${e&&!e.seats.length?a`<button class="button strong" data-testid="result-watch" ?disabled=${this.busy} @click=${()=>{n(this,C,Ke).call(this)}}>${t.watch.another}</button>`:c}
      ${e&&!e.house?a`<a class="button" href=${`/replay/${this.session}/1`} data-testid="result-replay">${H.play()} ${t.replay.watch}</a>`:c}
      <a class="button" href="/" data-testid="result-home">${t.common.home}</a>
    </div>`;if(!e)return a`<main class="narrow"><h1>${t.result.title}</h1><p class=${this.trouble?"trouble":"hush"} role="status">${this.trouble||t.common.loading}</p>${l}</main>`;let{result:m}=e,y=m.stats?.game.case==="pong"?m.stats.game.value:void 0,_=L=>y?.points.length?t.result.seconds((y.points.reduce((At,ts)=>At+L(ts),0)/y.points.length/1e6).toFixed(1)):t.result.none;return a`<main class="result" data-testid="result">
      <section class="final">
        ${n(this,C,Ve).call(this,e)}
        <div class="board">
          <div class=${`player left ${e.seats.length===1&&e.seats[0]===0?"own":""}`}><b data-testid="result-name-left">${e.left}</b></div>
          <div class="digits"><span data-testid="result-left">${m.left}</span><i></i><span data-testid="result-right">${m.right}</span></div>
          <div class=${`player right ${e.seats.length===1&&e.seats[0]===1?"own":""}`}><b data-testid="result-name-right">${e.right}</b></div>
        </div>
        ${n(this,C,We).call(this,e)}
        ${l}
        ${this.trouble?a`<p class="trouble" role="alert">${this.trouble}</p>`:c}
      </section>
      ${y&&y.points.length+y.hits>0?a`
        <dl class="facts">
          <div><dt>${t.result.duration}</dt><dd data-testid="result-duration">${ie(m.durationUs)}</dd></div>
          <div><dt>${t.result.point}</dt><dd data-testid="result-point">${_(L=>L.pointUs)}</dd></div>
          <div><dt>${t.result.serve}</dt><dd data-testid="result-serve">${_(L=>L.serveUs)}</dd></div>
          <div><dt>${t.result.longest}</dt><dd data-testid="result-longest">${t.result.hitsUnit(y.longestRally)}</dd></div>
          <div><dt>${t.result.top}</dt><dd data-testid="result-top-speed">${N(y.topSpeed/100)}<small>${t.result.speedUnit}</small></dd></div>
          <div><dt>${t.result.hits}</dt><dd data-testid="result-hits">${N(y.hits)}</dd></div>
        </dl>
        <section class="panel"><h2>${t.result.statistics}</h2>${n(this,C,ze).call(this,y)}</section>
        ${y.points.length?a`<section class="panel"><h2>${t.result.timeline}</h2>${_e(y.points,t.result.timeline)}</section>
        <section class="panel"><h2>${t.result.rallies}</h2>${Ne(y.points,t.result.rallies)}</section>`:c}
        <section class="panel"><h2>${t.result.contact}</h2><p class="hush">${t.result.contactHint}</p>${Ue(y.left,y.right,e.half,t.result.contact)}</section>`:c}
    </main>`}};C=new WeakSet,De=async function(){let t=this.session;this.shown=void 0,this.trouble="";let e=ee(t);if(e){let{card:s,result:o,seats:i}=e;this.shown={left:j(s.left),right:j(s.right),accounts:[s.left?.accountId??"",s.right?.accountId??""],house:!!(s.left?.bot&&s.right?.bot),half:s.ruleset?.paddleHalfHeight||7500,result:o,seats:i,bot:s.left?.bot||s.right?.bot||0};return}for(let s=0;s<ns&&this.isConnected&&t===this.session;s++)try{let o=await Tt(),{match:i}=await nt(ue.method.getMatch,{sessionId:t}),r=i?.spec?.seats??[];this.shown={left:j(r.find(l=>l.seat===0)),right:j(r.find(l=>l.seat===1)),house:!1,accounts:[r.find(l=>l.seat===0)?.accountId??"",r.find(l=>l.seat===1)?.accountId??""],half:i?.spec?.ruleset?.paddleHalfHeight||7500,result:i.result,seats:r.filter(l=>o&&l.accountId===o.accountId).map(l=>l.seat),bot:r.find(l=>l.bot)?.bot??0};return}catch(o){this.trouble=A(o),await new Promise(i=>setTimeout(i,is))}},je=async function(t){if(t.kind==="room"){x(`/room/${t.code}`);return}this.busy=!0;try{await xt(t)}catch(e){this.trouble=A(e)}finally{this.busy=!1}},Be=async function(t){this.busy=!0;try{await u.open(),u.room.value?.code!==t&&await u.enter(t),await u.roomOpen(t),await u.do({case:"setReady",value:{ready:!0}})}catch{}this.busy=!1,x(`/room/${t}`)},Ke=async function(){this.busy=!0;try{let{sessions:t}=await nt(St.method.listSessions,{pageSize:2}),e=t.find(s=>s.sessionId!==this.session);x(e?`/watch/${e.sessionId}`:"/")}catch(t){this.trouble=A(t)}finally{this.busy=!1}},We=function({seats:t,accounts:e,left:s,right:o}){let i=t.length===1?1-t[0]:void 0;return i===void 0||!e[i]?c:a`<mp-befriend .who=${e[i]} .name=${i?o:s} .named=${!0}></mp-befriend>`},Ve=function({result:t,left:e,right:s,seats:o}){let i=d().result,r=t.winner===1?0:t.winner===2?1:void 0,l=t.outcome===3?i.draw:r===void 0?i.void:o.length===1?o[0]===r?i.won:i.lost:i.wins(r===0?e:s);return a`<h1 data-testid="result-headline" class=${o.length===1&&r!==void 0?o[0]===r?"won":"lost":""}>${l}</h1>
      ${t.outcome===2?a`<p class="hush">${i.forfeit}</p>`:c}`},ze=function(t){let e=d().result,s=i=>i?`${i<1e3?"<1":N(i/1e3)} ms`:e.none,o=[[e.hits,"hits",i=>N(i?.hits??0)],[e.misses,"misses",i=>N(i?.misses??0)],[e.top,"top-speed",i=>i?.topSpeed?`${N(i.topSpeed/100)} ${e.speedUnit}`:e.none],[e.distance,"distance",i=>`${N((i?.distance??0)/100)} ${e.lengthUnit}`],[e.reaction,"reaction",i=>s(i?.reactionUs)],[e.latency,"latency",i=>s(i?.latency?.rttUs)]];return(t.left?.latency?.saves||t.right?.latency?.saves)&&o.push([e.saved,"saves",i=>N(i?.latency?.saves??0)]),a`<table data-testid="result-table"><tbody>
      ${o.map(([i,r,l])=>a`<tr><td class="left" data-testid=${`result-${r}-left`}>${l(t.left)}</td><th scope="row">${i}</th><td class="right" data-testid=${`result-${r}-right`}>${l(t.right)}</td></tr>`)}
    </tbody></table>`},p([X()],z.prototype,"session",2),p([w()],z.prototype,"shown",2),p([w()],z.prototype,"trouble",2),p([w()],z.prototype,"busy",2),z=p([M("mp-result")],z);var rs=1e3,yt,wt,ot,h,Ge,Ct,D,Ye,Lt,Je,Ht,Dt,jt,Bt,Qe,Xe,U=class extends q{constructor(){super(...arguments);$(this,h);this.code="";this.trouble="";this.watchable="";this.entering=!0;this.copied=!1;this.shows=[u.room,u.state,u.out,f];$(this,yt);$(this,wt,"");$(this,ot)}connectedCallback(){super.connectedCallback(),I(this,yt,u.state.watch(()=>{let t=!u.room.value&&u.out.value===0;u.state.value==="open"&&t&&!this.entering&&n(this,h,Ct).call(this)}))}disconnectedCallback(){var t;super.disconnectedCallback(),(t=b(this,yt))==null||t.call(this),clearTimeout(b(this,ot))}updated(t){t.has("code")&&n(this,h,Ct).call(this),n(this,h,Ge).call(this)}render(){let t=d(),e=u.room.value;if(e?.code!==this.code)return n(this,h,Xe).call(this);e.tournament&&import("./part-11a178e317.js");let s=e.members.filter(o=>!o.seated);return a`<main class="room">
      <h1 class="unseen">${t.room.title} ${e.code}</h1>
      <section class="invite panel">
        <label for="room-link">${t.room.invite}</label>
        <div><input id="room-link" data-testid="room-link" readonly .value=${b(this,h,Lt)} @focus=${o=>o.target.select()} />
        <button class="button strong" data-testid="room-copy" @click=${()=>{n(this,h,Je).call(this)}}>${H.copy()} ${this.copied?t.common.copied:t.common.copy}</button></div>
        <p class="code" data-testid="room-code" aria-label=${t.home.code}>${e.code}</p>
      </section>
      ${u.state.value==="retrying"?a`<p class="trouble" role="status" data-testid="overlay">${t.room.reconnecting}</p>`:c}
      ${u.state.value==="replaced"?a`<p class="trouble" role="status">${t.room.elsewhere}</p>`:c}
      ${this.trouble?a`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:c}
      ${e.tournament?a`<mp-entrants .room=${e} .rules=${n(this,h,Bt).call(this,e)} @command=${o=>{n(this,h,D).call(this,o.detail)}}></mp-entrants>`:a`<section class="seats">${n(this,h,Dt).call(this,e,0)}<i class="net"></i>${n(this,h,Dt).call(this,e,1)}</section>
          <section class="actions" data-testid="room-actions">${n(this,h,Qe).call(this,e)}</section>
          <div class="pair">
            <mp-chat></mp-chat>
            <div>
              ${n(this,h,Bt).call(this,e)}
              <section class="panel">
                <h2>${t.room.bench}</h2>
                ${s.length?a`<ul class="bench" data-testid="bench">${s.map(o=>a`<li>${n(this,h,jt).call(this,e,o)}</li>`)}</ul>`:a`<p class="hush">${t.room.benchEmpty}</p>`}
              </section>
            </div>
          </div>`}
      <footer>${e.last?a`<a href=${`/result/${e.last.sessionId}`} data-testid="room-last">${t.room.last(e.last.result?.left??0,e.last.result?.right??0)}</a>`:c}
        <button class="quiet" data-testid="room-leave" @click=${()=>{n(this,h,Ye).call(this)}}>${t.room.leave}</button></footer>
    </main>`}};yt=new WeakMap,wt=new WeakMap,ot=new WeakMap,h=new WeakSet,Ge=function(){let t=u.room.value,e=t?.code===this.code?t.sessionId:"";if(!t||e===b(this,wt))return;I(this,wt,e),clearTimeout(b(this,ot));let s=t.members.find(i=>i.accountId===f.value?.accountId),o=`/${t.tournament?"tournament":"play"}/${e}`;!e||!(s?.seated||s?.waiting)||te(o)||I(this,ot,setTimeout(()=>!Rt(e)&&ct(()=>this.isConnected&&x(o)),rs))},Ct=async function(){this.entering=!0,this.trouble=this.watchable="";try{await u.open(),u.room.value?.code!==this.code&&await u.enter(this.code)}catch(t){this.trouble=A(t),t instanceof Vt&&t.reason===22&&(this.watchable=t.refusal.sessionId)}finally{this.entering=!1}},D=async function(t){this.trouble="";try{await u.do(t)}catch(e){this.trouble=A(e)}},Ye=async function(){await n(this,h,D).call(this,{case:"leaveRoom",value:{code:this.code}}),x("/")},Lt=function(){return`${location.origin}/room/${this.code}`},Je=async function(){try{navigator.share&&matchMedia("(pointer: coarse)").matches?await navigator.share({title:"Matchpoint",url:b(this,h,Lt)}):(await navigator.clipboard.writeText(b(this,h,Lt)),this.copied=!0,setTimeout(()=>this.copied=!1,2e3))}catch{this.querySelector("[data-testid=room-link]")?.select()}},Ht=function(t,e,s=t.unlisted){let{$typeName:o,...i}=t.ruleset;n(this,h,D).call(this,{case:"setSettings",value:{ruleset:{...i,...e},unlisted:s,...t.tournament?{tournament:t.tournament}:{}}})},Dt=function(t,e){let s=d().room,o=t.members.find(r=>r.seated&&r.seat===e),i=t.members.find(r=>r.accountId===f.value?.accountId);return a`<div class=${`seat ${e?"right":"left"} ${o?.ready?"ready":""} ${o?"":"free"}`} data-testid=${e?"seat-right":"seat-left"}>
      <small>${e?s.right:s.left}</small>
      ${o?a`${n(this,h,jt).call(this,t,o)}<span class="state">${o.connected?o.ready?s.isReady:s.waiting:s.away}</span>`:a`<b class="hush">${s.free}</b>${i&&!i.seated&&!t.sessionId?a`<button class="button" data-testid="take-seat" @click=${()=>{n(this,h,D).call(this,{case:"setSeat",value:{seated:!0}})}}>${s.take}</button>`:c}`}
    </div>`},jt=function(t,e){let s=d(),o=e.accountId===f.value?.accountId,i=t.hostAccountId===f.value?.accountId;return a`<b class=${e.connected?"":"absent"}>${e.name}${o?a`<em>${s.common.you}</em>`:c}${e.accountId===t.hostAccountId?a`<em class="host">${s.room.host}</em>`:c}
      ${i&&!o?a`<button class="quiet icon small" data-testid="room-kick" aria-label=${s.room.kickWhom(e.name)} title=${s.room.kickWhom(e.name)} @click=${()=>{n(this,h,D).call(this,{case:"kick",value:{accountId:e.accountId}})}}>${H.close()}</button>`:c}</b>
      <mp-befriend .who=${e.accountId} .name=${e.name}></mp-befriend>`},Bt=function(t){let e=d().room,s=t.ruleset,o=t.hostAccountId===f.value?.accountId&&!t.sessionId,i=(r,l,m,y)=>{let _=y.some(([L])=>L===m)?y:[...y,[m,String(m)]];return a`<label>${l}<select data-testid=${`rule-${r}`} ?disabled=${!o} @change=${L=>n(this,h,Ht).call(this,t,{[r]:Number(L.target.value)})}>
        ${_.map(([L,At])=>a`<option value=${L} ?selected=${L===m}>${At}</option>`)}</select></label>`};return a`<details class="panel settings" ?open=${o}>
      <summary><h2>${e.settings}</h2></summary>
      ${o?c:a`<p class="hush">${e.hostOnly}</p>`}
      <div class="grid">
        ${i("pointsToWin",e.points,s?.pointsToWin??11,[1,3,5,7,11,15,21].map(r=>[r,String(r)]))}
        ${i("startSpeed",e.speed,s?.startSpeed??11e4,[[8e4,e.slow],[11e4,e.normal],[15e4,e.fast]])}
        ${i("paddleHalfHeight",e.paddle,s?.paddleHalfHeight??7500,[[5e3,e.small],[7500,e.normal],[11e3,e.large]])}
        ${i("timeLimitS",e.time,s?.timeLimitS??1800,[180,300,600,1800].map(r=>[r,e.minutes(r/60)]))}
      </div>
      <label class="check"><input type="checkbox" .checked=${s?.directionsOnly??!1} ?disabled=${!o} @change=${r=>n(this,h,Ht).call(this,t,{directionsOnly:r.target.checked})} />${e.directions}</label>
      <label class="check"><input type="checkbox" .checked=${t.unlisted} ?disabled=${!o} @change=${r=>n(this,h,Ht).call(this,t,{},r.target.checked)} />${e.unlisted}</label>
    </details>`},Qe=function(t){let e=d().room,s=t.members.find(m=>m.accountId===f.value?.accountId),o=t.hostAccountId===s?.accountId,i=t.members.filter(m=>m.seated),r=i.length===2&&i.every(m=>m.ready);if(t.sessionId)return a`<p>${e.playing}</p><button class="button strong" data-testid="room-to-match" @click=${()=>x(`/${s?.seated?"play":"watch"}/${t.sessionId}`)}>${s?.seated?e.toMatch:d().common.watch}</button>`;let l=i.length<2?e.needPlayer:r?o?e.canStart:e.hostStarts:e.needReady;return a`
      ${s?.seated?a`<button class=${`button ${s.ready?"":"strong"}`} data-testid="room-ready" aria-pressed=${s.ready} @click=${()=>{n(this,h,D).call(this,{case:"setReady",value:{ready:!s.ready}})}}>${s.ready?e.notReady:e.ready}</button>`:c}
      ${o?a`<button class=${`button ${r?"strong":""}`} data-testid="room-start" ?disabled=${!r} @click=${()=>{n(this,h,D).call(this,{case:"start",value:{}})}}>${e.start}</button>`:c}
      <p class="hush" aria-live="polite">${l}</p>
      ${s?.seated?a`<button class="quiet" data-testid="room-bench" @click=${()=>{n(this,h,D).call(this,{case:"setSeat",value:{seated:!1}})}}>${e.giveUp}</button>`:c}`},Xe=function(){let t=d(),e=!!u.room.value,s=e?t.room.inAnother:u.out.value===2?t.room.kicked:u.out.value===3?t.room.tooLongAway:"";return this.entering&&!this.trouble?a`<main class="narrow"><p class="hush">${t.common.loading}</p></main>`:a`<main class="narrow">
      <h1>${t.room.title} ${this.code}</h1>
      <p class="trouble" role="alert" data-testid="trouble">${this.trouble||s||(f.value===null?zt(1):t.errors.unreachable)}</p>
      <div class="actions">
        ${this.watchable?a`<a class="button strong" href=${`/watch/${this.watchable}`}>${t.common.watch}</a>`:u.out.value===2?c:a`<button class="button strong" @click=${()=>{n(this,h,Ct).call(this)}}>${e?t.room.comeBack:s?t.room.rejoin:t.common.retry}</button>`}
        <a class="button" href="/">${t.common.home}</a>
      </div></main>`},p([X()],U.prototype,"code",2),p([w()],U.prototype,"trouble",2),p([w()],U.prototype,"watchable",2),p([w()],U.prototype,"entering",2),p([w()],U.prototype,"copied",2),U=p([M("mp-room")],U);var ls={replay:()=>import("./part-8ec4aca4df.js"),tournament:()=>import("./part-448582ea75.js"),tournaments:()=>import("./part-e831e737b8.js")},it,J,Kt,Ze,kt=class extends q{constructor(){super(...arguments);$(this,J);this.shows=[S,f,v.list,v.invitations,G,F.begun];$(this,it);this.missing=!1}connectedCallback(){super.connectedCallback(),this.addEventListener("click",Xt);let t=()=>lt.wake();addEventListener("pointerdown",t),addEventListener("keydown",t),u.started=({entry:s,roomCode:o})=>{if(!s)return;Zt(s,{kind:"room",code:o});let i=!!F.of(o)?.title;if(i&&u.room.value?.code!==o)return ct(()=>F.call(s.sessionId));ct(()=>x(i?`/tournament/${s.sessionId}`:s.ticket&&s.seats.length?`/play/${s.sessionId}`:`/watch/${s.sessionId}`))},S.watch(()=>{O.value="",n(this,J,Kt).call(this)}),n(this,J,Kt).call(this);let e=/^\/tournament\/(.+)$/.exec(rt())?.[1];e&&S.value.page!=="tournament"&&import("./part-57e88c9883.js").then(({attend:s,stay:o})=>o(s(e)),()=>{}),Tt().catch(s=>console.warn(A(s)))}updated(){let t=S.value,e=d();u.watching=t.page==="watch"||t.page==="tournament"?t.session:"";let s=t.page==="room"?`${e.room.title} ${t.code}`:t.page==="watch"?e.common.watch:t.page==="result"?e.result.title:t.page==="replay"?e.replay.title:t.page==="nowhere"?e.errors.notFound:t.page==="tournaments"?e.home.tournaments:"",[o]=G.value;document.title=o?`▶ ${o.big} · Matchpoint`:s?`${s} · Matchpoint`:"Matchpoint",b(this,it)&&b(this,it)!==t&&requestAnimationFrame(()=>{let i=this.querySelector("main");i?.setAttribute("tabindex","-1"),i?.focus({preventScroll:!0})}),I(this,it,t)}render(){let t=["play","watch","replay"].includes(S.value.page),e=d(),s=f.value,o=v.waiting;return a`
      <header class=${t?"top slim":"top"}>
        ${ae()}
        <nav>${t?c:a`<button class="quiet who" data-testid="account" aria-haspopup="dialog" title=${e.account.title} @click=${()=>O.value="account"}>${H.person()}<span data-testid="who">${s?s.name:e.account.signIn}</span></button>`}
          <button class="quiet icon" data-testid="friends-open" aria-haspopup="dialog" aria-label=${e.friends.open(o)} title=${e.friends.title}
            @click=${()=>O.value="friends"}>${H.friends()}${o?a`<span class="badge" data-testid="friends-badge">${o}</span>`:c}</button>
          ${oe(()=>this.requestUpdate())}</nav>
      </header>
      ${n(this,J,Ze).call(this)}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account>`}};it=new WeakMap,J=new WeakSet,Kt=function(){this.missing=!1,ls[S.value.page]?.().catch(()=>this.missing=!0)},Ze=function(){let t=S.value,e=d();if(this.missing)return a`<main class="narrow"><h1>${e.errors.unreachable}</h1><button class="button strong" @click=${()=>location.reload()}>${e.common.retry}</button></main>`;switch(t.page){case"home":return a`<mp-home></mp-home>`;case"room":return a`<mp-room .code=${t.code}></mp-room>`;case"play":case"watch":return a`<mp-match .mode=${t.page} .session=${t.session}></mp-match>`;case"result":return a`<mp-result .session=${t.session}></mp-result>`;case"replay":return a`<mp-replay .session=${t.session} .match=${t.match}></mp-replay>`;case"tournament":return a`<mp-tournament .session=${t.session}></mp-tournament>`;case"tournaments":return a`<mp-tournaments></mp-tournaments>`;case"nowhere":return a`<main class="narrow" data-testid="nowhere"><h1>${d().errors.notFound}</h1><p class="hush">${d().errors.notFoundHint}</p><a class="button strong" href="/" data-testid="to-home">${d().common.home}</a></main>`}},p([w()],kt.prototype,"missing",2),kt=p([M("mp-app")],kt);export{kt as App};
