import{a as Bt,b as Ut}from"./part-8e5b5fc570.js";import{a as j,b as lt}from"./part-72c5b87866.js";import"./part-8635c83599.js";import{a as _t,b as ht}from"./part-393cebd3c3.js";import{v as zt,w as Kt}from"./part-68c1688f06.js";import"./part-95a5c799b8.js";import{a as Nt,b as c,c as W,d as k,e as w}from"./part-75c109e1f1.js";import{a as Dt}from"./part-8a80875dca.js";import{a as I,b as It,c as E,d as At,e as S,g as Ot,j as H}from"./part-bd6f72f5ba.js";import{a as M,b as Gt}from"./part-af81c252c1.js";import{a as bt}from"./part-def38acc98.js";import{a as rt,d as K,j as jt}from"./part-bde8013c85.js";import{a as pt,b as Ct,c as h,d as R,e as Ht}from"./part-dfdfbe8bee.js";import"./part-5622b2f975.js";import{c as St}from"./part-5be584a033.js";import{$ as ut,T as Rt,W as n,Y as z,a as v,b as d,c as u,d as y,da as Pt,e as a,f as Et,fa as g,ga as Ft,i,ja as nt,ka as Lt,l,la as xt,ma as qt,oa as Mt,pa as G}from"./part-12fde50a54.js";var m,Wt,Vt,Yt,Jt,Qt,Y,mt,Xt,Zt,te,vt,V=class extends lt{constructor(){super(...arguments);u(this,m);this.name="account";this.shows=[g];this.signingIn=!1}render(){let t=g.value;return this.frame(n().account.title,()=>t&&!t.guest?a(this,m,te).call(this,t.name):this.signingIn?a(this,m,Xt).call(this):a(this,m,Zt).call(this))}};m=new WeakSet,Wt=async function(t){let e=this.fields(t);await this.attempt(()=>Lt(e("name"),e("password")),n().account.registered)},Vt=async function(t){let e=this.fields(t);await this.attempt(()=>xt(e("name"),e("password")))&&(this.signingIn=!1,this.close())},Yt=async function(t){let e=this.fields(t);e("name")!==g.value?.name&&await this.attempt(()=>nt(e("name")),n().home.renamed)},Jt=async function(t){let e=t.target,s=this.fields(t);await this.attempt(()=>qt(s("password"),s("newPassword")),n().account.changed)&&e.reset()},Qt=async function(){await this.attempt(Mt)&&(this.close(),R("/"))},Y=function(t,e,s){return i`<label>${e}<input type="password" name=${t} data-testid=${`account-${t}`} autocomplete=${s?"new-password":"current-password"}
      minlength=${s?8:1} maxlength="200" required placeholder=${s?n().account.passwordHint:""} /></label>`},mt=function(t){return i`<label>${n().account.name}<input name="name" data-testid="account-name" .value=${t} maxlength="80" autocomplete="username" autocapitalize="off" spellcheck="false" required /></label>`},Xt=function(){let t=n().account;return i`<form class="stack" @submit=${e=>{a(this,m,Vt).call(this,e)}}>
        ${a(this,m,mt).call(this,"")}${a(this,m,Y).call(this,"password",t.password,!1)}
        ${g.value?i`<p class="hush">${t.ends(g.value.name)}</p>`:l}
        <button class="button strong" data-testid="account-sign-in">${t.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${()=>this.signingIn=!1}>${t.haveNot}</button>`},Zt=function(){let t=n().account;return i`<p class="hush">${t.why}</p>
      <form class="stack" @submit=${e=>{a(this,m,Wt).call(this,e)}}>
        ${a(this,m,mt).call(this,g.value?.name??"")}${a(this,m,Y).call(this,"password",t.password,!0)}
        <button class="button strong" data-testid="account-register">${t.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${()=>this.signingIn=!0}>${t.have}</button>
      ${g.value?a(this,m,vt).call(this):l}`},te=function(t){let e=n().account;return i`<form class="beside" @submit=${s=>{a(this,m,Yt).call(this,s)}}>
        ${a(this,m,mt).call(this,t)}<button class="button" data-testid="account-rename">${n().home.rename}</button>
      </form>
      <details><summary data-testid="account-change-open">${e.change}</summary>
        <form class="stack" @submit=${s=>{a(this,m,Jt).call(this,s)}}>
          <input name="name" .value=${t} autocomplete="username" hidden />
          ${a(this,m,Y).call(this,"password",e.current,!1)}${a(this,m,Y).call(this,"newPassword",e.next,!0)}
          <button class="button" data-testid="account-change">${e.change}</button>
        </form></details>
      <button class="button" data-testid="account-sign-out" @click=${()=>{a(this,m,Qt).call(this)}}>${e.signOut}</button>
      ${a(this,m,vt).call(this)}`},vt=function(){return import("./part-372ffec79f.js"),i`<mp-safety></mp-safety>`},v([E()],V.prototype,"signingIn",2),V=v([I("mp-account")],V);var Te=6e3,J,Q,X,$,ee,se,$t,ae,ie,oe,ne,ft,re,N=class extends Dt{constructor(){super(...arguments);u(this,$);this.shows=[c.invitations,W.list,h,M,k.list,k.begun];this.spoken="";this.glimpse=!1;u(this,J,[]);u(this,Q,new Set);u(this,X)}connectedCallback(){super.connectedCallback(),y(this,J,[c.list.watch(()=>a(this,$,ee).call(this)),c.invitations.watch(()=>a(this,$,se).call(this)),h.watch(()=>a(this,$,$t).call(this)),k.begun.watch(()=>a(this,$,ae).call(this)),w.room.watch(()=>w.room.value&&c.settle(w.room.value.code))])}disconnectedCallback(){super.disconnectedCallback();for(let t of d(this,J))t()}render(){let t=h.value.page==="play"?void 0:W.calling,e=M.value.length?l:k.calling?a(this,$,ie).call(this,k.calling):t?a(this,$,ne).call(this,t):a(this,$,oe).call(this);return i`${a(this,$,re).call(this)}<div role="status">${e}</div><p class="unseen" aria-live="polite" data-testid="calls">${this.spoken}</p>`}};J=new WeakMap,Q=new WeakMap,X=new WeakMap,$=new WeakSet,ee=function(){let t=c.of(3),e=t.filter(s=>!d(this,Q).has(s.accountId));y(this,Q,new Set(t.map(s=>s.accountId))),e.length&&(this.spoken=e.map(s=>n().friends.wants(s.name)).join(" "))},se=function(){let[t]=c.invitations.value,e=t!==void 0&&t!==d(this,X);if(y(this,X,t),!!e){if(h.value.page!=="play")return G.play("go");this.glimpse=!0,setTimeout(()=>this.glimpse=!1,Te)}},$t=function(){h.value.page==="tournament"&&k.see(h.value.session)},ae=function(){a(this,$,$t).call(this),k.calling&&G.play("go")},ie=function({title:t,sessionId:e}){let s=n().places;return i`<div class=${h.value.page==="play"?"call aside":"call"} data-testid="begun"><p>${s.begun(t)}</p>
      <a class="button strong" href=${`/tournament/${e}`} data-testid="begun-go">${s.goThere}</a>
      <button class="button" data-testid="begun-later" @click=${()=>k.see(e)}>${s.later}</button></div>`},oe=function(){let t=n().friends,[e]=c.invitations.value;return e?h.value.page==="play"?this.glimpse?i`<div class="call still" data-testid="invitation"><p>${t.waits(e.name)}</p></div>`:l:i`<div class="call" data-testid="invitation"><p>${t.invites(e.name)}</p>
      <a class="button strong" href=${`/room/${e.roomCode}`} data-testid="invitation-accept">${t.join}</a>
      <button class="button" data-testid="invitation-later" @click=${()=>c.settle(e.roomCode)}>${t.later}</button></div>`:l},ne=function({sessionId:t,title:e,byName:s}){let o=n().invitation;return i`<div class="call" data-testid="tournament-invitation"><p>${o.to(s,e)}</p>
      ${this.trouble?i`<p class="trouble" role="alert">${this.trouble}</p>`:l}
      <button class="button strong" data-testid="tournament-invitation-accept" ?disabled=${this.busy} @click=${()=>{a(this,$,ft).call(this,t,!0)}}>${o.accept}</button>
      <button class="button" data-testid="tournament-invitation-decline" ?disabled=${this.busy} @click=${()=>{a(this,$,ft).call(this,t,!1)}}>${o.decline}</button>
      <button class="quiet icon" data-testid="tournament-invitation-later" aria-label=${n().friends.later} title=${n().friends.later} @click=${()=>W.later(t)}>${S.close()}</button></div>`},ft=async function(t,e){await this.attempt(async()=>{let s=await W.answer(t,e);if(!s)return;rt(s);let o=`/tournament/${t}`;location.pathname===o?location.reload():R(o)})},re=function(){let[t]=M.value;return t?i`<div class="call urgent" data-testid="summons"><p><b role="alert">${t.big}</b> <span>${[t.small,Rt(t.title)].filter(Boolean).join(" · ")}</span></p>
      <a class="button strong" href=${`/tournament/${t.session}`} data-testid="summons-go">${t.way}</a></div>`:l},v([E()],N.prototype,"spoken",2),v([E()],N.prototype,"glimpse",2),N=v([I("mp-calls")],N);var Ee=1e4,ct=(x,q)=>_t(x,t=>t.accountId,q),p,le,me,ce,P,de,ue,pe,he,Z=class extends lt{constructor(){super(...arguments);u(this,p);this.name="friends";this.shows=[g,c.list,c.invitations,w.room,w.state,h];this.invited=[]}render(){let t=n().friends;return this.frame(t.title,()=>{let[e,s,o,r]=[3,1,2,4].map(b=>c.of(b)),T=h.value.page!=="play";return i`
        ${g.value&&w.state.value==="retrying"?i`<p class="hush" role="status">${t.offline}</p>`:l}
        ${g.value&&!g.value.guest?l:i`<button class="quiet hint" data-testid="friends-register" @click=${()=>j.value="account"}>${n().account.why}</button>`}
        ${c.invitations.value.length?i`<ul data-testid="invitations">${c.invitations.value.map(b=>i`<li class="asks">
          <span class="whom"><b>${t.invites(b.name)}</b></span><span class="deeds">
          ${T?i`<a class="button strong" href=${`/room/${b.roomCode}`} data-testid="invitation-join">${t.join}</a>`:l}
          <button class="button" @click=${()=>c.settle(b.roomCode)}>${t.later}</button></span></li>`)}</ul>`:l}
        ${e.length?i`<ul>${ct(e,b=>a(this,p,pe).call(this,b))}</ul>`:l}
        <form class="beside" @submit=${b=>{a(this,p,le).call(this,b)}}>
          <label>${t.name}<input name="name" data-testid="friend-name" placeholder=${t.placeholder} maxlength="80" autocomplete="off" autocapitalize="off" spellcheck="false" required /></label>
          <button class="button" data-testid="friend-ask">${t.ask}</button></form>
        ${s.length?i`<ul data-testid="friends">${ct(s,b=>a(this,p,ue).call(this,b))}</ul>`:e.length||o.length?l:i`<p class="hush">${t.empty}</p>`}
        ${o.length?i`<ul>${ct(o,b=>i`<li data-testid="friend-asked" data-name=${b.name}><span class="whom"><b><bdi>${b.name}</bdi></b><small>${t.asked}</small></span>
          ${a(this,p,P).call(this,"friend-take-back",t.takeBack,"quiet",()=>c.remove(b.accountId))}</li>`)}</ul>`:l}
        ${r.length?a(this,p,he).call(this,r):l}`})}};p=new WeakSet,le=async function(t){let e=t.target,s=this.fields(t)("name");if(!s||!await this.attempt(()=>c.ask(s)))return;e.reset();let o=T=>T.name.toLowerCase()===s.toLowerCase(),r=n().friends;this.said=c.of(1).some(o)?r.nowFriends(s):r.youAsked(s)},me=async function({accountId:t}){await this.attempt(async()=>{await w.open();let s=w.room.value?.code??await w.duelRoom();await w.do({case:"invite",value:{accountId:t}}),this.invited=[...this.invited,t],setTimeout(()=>this.invited=this.invited.filter(o=>o!==t),Ee),(h.value.page!=="room"||h.value.code!==s)&&R(`/room/${s}`)})&&(this.said=n().friends.invited)},ce=function(t){let e=n().friends;switch(t.whereabouts){case 2:return e.online;case 3:return e.inRoom;case 4:return e.watching;case 5:return e.inMatch;default:return e.away}},P=function(t,e,s,o){return i`<button class=${s} data-testid=${t} @click=${()=>{this.attempt(o)}}>${e}</button>`},de=function(t){let e=n().friends;if(h.value.page==="play"||!Nt(t))return l;let s=w.room.value,o=s?.members.some(T=>T.accountId===t.accountId),r=this.invited.includes(t.accountId);return i`
      ${t.roomCode&&!o?i`<a class="button" href=${`/room/${t.roomCode}`} data-testid="friend-join">${e.join}</a>`:l}
      ${t.sessionId?i`<a class="button" href=${`/watch/${t.sessionId}`} data-testid="friend-watch">${n().common.watch}</a>`:l}
      ${o||t.roomCode&&!s?l:i`<button class="button" data-testid="friend-invite" ?disabled=${r} @click=${()=>{a(this,p,me).call(this,t)}}>${r?e.invited:e.invite}</button>`}`},ue=function(t){let e=n().friends;return i`<li data-testid="friend" data-name=${t.name}>
      <i class=${`light w${t.whereabouts}`}></i>
      <span class="whom"><b><bdi>${t.name}</bdi></b><small data-testid="friend-whereabouts">${a(this,p,ce).call(this,t)}</small></span>
      <span class="deeds">${a(this,p,de).call(this,t)}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${S.more()}</summary>
          <div>${a(this,p,P).call(this,"friend-remove",e.remove,"quiet",()=>c.remove(t.accountId))}${a(this,p,P).call(this,"friend-block",e.block,"quiet",()=>c.block(t.accountId))}</div></details></span>
    </li>`},pe=function(t){let e=n().friends;return i`<li class="asks" data-testid="friend-asks" data-name=${t.name}>
      <span class="whom"><b><bdi>${t.name}</bdi></b><small>${e.asks}</small></span>
      <span class="deeds">${a(this,p,P).call(this,"friend-accept",e.accept,"button strong",()=>c.answer(t.accountId,!0))}
        ${a(this,p,P).call(this,"friend-decline",e.decline,"button",()=>c.answer(t.accountId,!1))}
        <details class="more"><summary class="quiet icon" data-testid="friend-more" aria-label=${e.more(t.name)} title=${e.more(t.name)}>${S.more()}</summary>
          <div>${a(this,p,P).call(this,"friend-block",e.block,"quiet",()=>c.block(t.accountId))}</div></details></span>
    </li>`},he=function(t){let e=n().friends;return i`<details class="blocked"><summary data-testid="friends-blocked">${e.blocked} (${t.length})</summary>
      <p class="hush">${e.blockHint}</p>
      <ul>${ct(t,s=>i`<li data-testid="friend-blocked" data-name=${s.name}><span class="whom"><b><bdi>${s.name}</bdi></b></span>
        ${a(this,p,P).call(this,"friend-unblock",e.unblock,"quiet",()=>c.unblock(s.accountId))}</li>`)}</ul></details>`},v([E()],Z.prototype,"invited",2),Z=v([I("mp-friends")],Z);var A,et,F,O,D,_,st,gt,tt=class extends H{constructor(){super(...arguments);u(this,st);this.session="";u(this,A);u(this,et,new ht([]));u(this,F);u(this,O,0);u(this,D);u(this,_,()=>{if(a(this,st,gt).call(this),!this.session||document.visibilityState!=="visible")return;let t=this.querySelector("canvas");if(!t)return;y(this,F,new zt(t)),y(this,et,new ht([]));let e=d(this,et),s=this.session;y(this,A,new Gt("/ws/watch",{hello:()=>Promise.resolve({sessionId:s}),message:({body:r},T)=>{r.case==="joined"&&e.server.reset(),r.case==="frame"&&e.fold(r.value,T,()=>{})},lost:()=>{}}));let o=r=>{if(y(this,O,requestAnimationFrame(o)),!e.card||!e.server.set)return;let T=e.scene(r),b=Kt(T);b&&d(this,D)?.flight&&d(this,D).flight!==T.flight&&d(this,F)?.hit(b.side,b.x,b.y,r),y(this,D,T),d(this,F)?.draw(T,e.half,r,!1)};y(this,O,requestAnimationFrame(o))})}render(){return i`<canvas class="court mini" aria-hidden="true"></canvas>`}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",d(this,_))}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",d(this,_)),a(this,st,gt).call(this)}updated(t){t.has("session")&&d(this,_).call(this)}};A=new WeakMap,et=new WeakMap,F=new WeakMap,O=new WeakMap,D=new WeakMap,_=new WeakMap,st=new WeakSet,gt=function(){cancelAnimationFrame(d(this,O)),d(this,A)?.close(),d(this,F)?.dispose(),y(this,A,y(this,F,void 0))},v([It()],tt.prototype,"session",2),tt=v([I("mp-miniature")],tt);var at,it,B,f,wt,dt,be,ve,$e,fe,ge,yt,L=class extends H{constructor(){super(...arguments);u(this,f);this.trouble="";this.nameTrouble="";this.saved=!1;this.busy="";this.shows=[g,k.list];u(this,at,"");u(this,it,1);u(this,B,new Bt(this,()=>Ut(async t=>{let{sessions:e,nextPageToken:s}=await Pt(St.method.listSessions,{pageSize:8,pageToken:t});return{items:e,next:s}},d(this,it))))}render(){let t=n().home,e=[["easy",1,t.easy,t.easyHint],["medium",2,t.medium,t.mediumHint],["hard",3,t.hard,t.hardHint]],s=k.duel?.roomCode,o=matchMedia("(pointer: coarse)").matches;return i`<main class="home">
      <section class="hero">
        <h1><span>${n().tagline.what}</span> <span>${n().tagline.how}</span></h1>
        ${this.trouble?i`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>`:l}
        ${K()?i`<a class="button strong" href=${K()} data-testid="home-resume">${t.backToMatch}</a>`:l}
        <mp-places></mp-places>
        <div class="panel">
          <h2>${t.bot}</h2>
          <div class="trio">
            ${e.map(([r,T,b,ye])=>i`
              <button class=${`button choice ${r}`} data-testid=${`home-bot-${r}`} ?disabled=${!!this.busy} aria-busy=${this.busy===r}
                @click=${()=>a(this,f,dt).call(this,{kind:"bot",strength:T},r)}><b>${b}</b><small>${ye}</small></button>`)}
          </div>
          <button class="button level" data-testid="home-bot-level" ?disabled=${!!this.busy} aria-busy=${this.busy==="level"}
            @click=${()=>a(this,f,dt).call(this,{kind:"bot",strength:2,level:!0},"level")}><b>${t.level}</b><small>${t.levelHint}</small></button>
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${t.room}</h2>
            <button class="button strong" data-testid="home-room" ?disabled=${!!this.busy} aria-busy=${this.busy==="room"} @click=${()=>a(this,f,be).call(this)}>
              <b>${s?t.backToRoom(s):t.openRoom}</b></button>
            <form class="join" @submit=${r=>a(this,f,$e).call(this,r)}>
              <input name="code" data-testid="join-code" aria-label=${t.code} placeholder=${t.code} maxlength="300" @input=${r=>a(this,f,ve).call(this,r.target)} autocomplete="off" autocapitalize="characters" spellcheck="false" required />
              <button class="button" data-testid="join">${t.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${o?t.localTouch:t.local}</h2>
            <button class="button" data-testid="home-local" ?disabled=${!!this.busy} aria-busy=${this.busy==="local"} @click=${()=>a(this,f,dt).call(this,{kind:"local"},"local")}>
              <b>${t.play}</b></button>
            <p class="hush">${o?t.localTouchHint:t.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"><b>${t.tournaments}</b><small>${t.tournamentsHint}</small></a>
        <form class="name" @submit=${r=>{a(this,f,fe).call(this,r)}}>
          <label for="name">${t.name}</label>
          <div><input id="name" name="name" data-testid="name-input" .value=${g.value?.name??""} placeholder=${t.namePlaceholder} maxlength="80" autocomplete="nickname" spellcheck="false" aria-describedby="name-trouble" />
          <button class="button" data-testid="name-save">${this.saved?t.renamed:t.rename}</button></div>
          <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.nameTrouble}</p>
        </form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${t.watchLive}</h2>
        ${a(this,f,ge).call(this)}
      </section>
    </main>`}};at=new WeakMap,it=new WeakMap,B=new WeakMap,f=new WeakSet,wt=async function(t,e){if(!this.busy){this.busy=t,this.trouble="";try{await e()}catch(s){this.trouble=z(s)}finally{this.busy=""}}},dt=function(t,e){a(this,f,wt).call(this,e,()=>jt(t))},be=function(){a(this,f,wt).call(this,"room",async()=>{R(`/room/${await w.duelRoom()}`)})},ve=function(t){let e=pt(t.value);t.value.length>e.length&&Ct(e)&&(t.value=e)},$e=function(t){t.preventDefault();let e=t.target,s=pt(String(new FormData(e).get("code")??""));s&&R(`/room/${encodeURIComponent(s)}`)},fe=async function(t){t.preventDefault();let e=String(new FormData(t.target).get("name")??"").trim();if(this.nameTrouble="",e!==g.value?.name)try{await nt(e),this.saved=!0,setTimeout(()=>this.saved=!1,2e3)}catch(s){this.nameTrouble=z(s)}},ge=function(){let t=n().home,e=d(this,B).value?.items;if(!e?.length)return i`<p class="hush">${e?t.nothingLive:n().common.loading}</p>`;let s=e.find(o=>o.sessionId===d(this,at))??e[0];return y(this,at,s.sessionId),i`
      <a class="feature" href=${`/watch/${s.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${s.sessionId}></mp-miniature>
        ${a(this,f,yt).call(this,s)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${e.filter(o=>o!==s).map(o=>i`<li><a href=${`/watch/${o.sessionId}`}>${a(this,f,yt).call(this,o)}</a></li>`)}
      </ul>
      ${d(this,B).value?.more?i`<button class="quiet" data-testid="home-more" @click=${()=>{Et(this,it)._++,d(this,B).now()}}>${n().common.more}</button>`:l}`},yt=function(t){let e=n().home;return i`<span class="line">
      <span class="names"><b><bdi>${ut(t.left)}</bdi></b><span class="digits">${t.leftScore}<i>:</i>${t.rightScore}</span><b><bdi>${ut(t.right)}</bdi></b></span>
      <small>${t.origin===4?e.house:l}${t.viewers?i`<span>${S.eye()} ${e.viewers(t.viewers)}</span>`:l}</small>
    </span>`},v([E()],L.prototype,"trouble",2),v([E()],L.prototype,"nameTrouble",2),v([E()],L.prototype,"saved",2),v([E()],L.prototype,"busy",2),L=v([I("mp-home")],L);var kt={replay:()=>import("./part-a89f5a3847.js"),result:()=>import("./part-63df0d896d.js"),room:()=>import("./part-813ac0ed0d.js"),tournament:()=>import("./part-7872d8809e.js"),tournaments:()=>import("./part-db0dadd464.js")},Ie=2e3,U,C,Tt,we,ot=class extends H{constructor(){super(...arguments);u(this,C);this.shows=[h,g,c.list,c.invitations,M,k.begun];u(this,U);this.missing=!1}connectedCallback(){super.connectedCallback(),this.addEventListener("click",Ht);let t=()=>G.wake();addEventListener("pointerdown",t),addEventListener("keydown",t),w.started=({entry:s,roomCode:o})=>{if(!s)return;rt(s,{kind:"room",code:o});let r=!!k.of(o)?.title;if(r&&w.room.value?.code!==o)return bt(()=>k.call(s.sessionId));bt(()=>R(r?`/tournament/${s.sessionId}`:s.ticket&&s.seats.length?`/play/${s.sessionId}`:`/watch/${s.sessionId}`))},h.watch(()=>{j.value="",a(this,C,Tt).call(this)}),a(this,C,Tt).call(this),setTimeout(()=>{Promise.all([kt.room?.(),kt.result?.()]).catch(()=>{})},Ie);let e=/^\/tournament\/(.+)$/.exec(K())?.[1];e&&h.value.page!=="tournament"&&import("./part-a4ad90fdcd.js").then(({attend:s,stay:o})=>o(s(e)),()=>{}),Ft().catch(s=>console.warn(z(s)))}updated(){let t=h.value,e=n();w.watching=t.page==="watch"||t.page==="tournament"?t.session:"";let s=t.page==="room"?`${e.room.title} ${t.code}`:t.page==="watch"?e.common.watch:t.page==="result"?e.result.title:t.page==="replay"?e.replay.title:t.page==="nowhere"?e.errors.notFound:t.page==="tournaments"?e.home.tournaments:"",[o]=M.value;document.title=o?`▶ ${o.big} · Matchpoint`:s?`${s} · Matchpoint`:"Matchpoint",d(this,U)&&d(this,U)!==t&&requestAnimationFrame(()=>{let r=this.querySelector("main");r?.setAttribute("tabindex","-1"),r?.focus({preventScroll:!0})}),y(this,U,t)}render(){let t=["play","watch","replay"].includes(h.value.page),e=n(),s=g.value,o=c.waiting;return i`
      <header class=${t?"top slim":"top"}>
        ${At()}
        <nav>${t?l:i`<button class="quiet who" data-testid="account" aria-haspopup="dialog" title=${e.account.title} @click=${()=>j.value="account"}>${S.person()}<span data-testid="who">${s?i`<bdi>${s.name}</bdi>`:e.account.signIn}</span></button>`}
          <button class="quiet icon" data-testid="friends-open" aria-haspopup="dialog" aria-label=${e.friends.open(o)} title=${e.friends.title}
            @click=${()=>j.value="friends"}>${S.friends()}${o?i`<span class="badge" data-testid="friends-badge">${o}</span>`:l}</button>
          ${Ot(()=>this.requestUpdate())}</nav>
      </header>
      ${a(this,C,we).call(this)}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account><mp-ask></mp-ask>`}};U=new WeakMap,C=new WeakSet,Tt=function(){this.missing=!1,kt[h.value.page]?.().catch(()=>this.missing=!0)},we=function(){let t=h.value,e=n();if(this.missing)return i`<main class="narrow"><h1>${e.errors.unreachable}</h1><button class="button strong" @click=${()=>location.reload()}>${e.common.retry}</button></main>`;switch(t.page){case"home":return i`<mp-home></mp-home>`;case"room":return i`<mp-room .code=${t.code}></mp-room>`;case"play":case"watch":return i`<mp-match .mode=${t.page} .session=${t.session}></mp-match>`;case"result":return i`<mp-result .session=${t.session}></mp-result>`;case"replay":return i`<mp-replay .session=${t.session} .match=${t.match}></mp-replay>`;case"tournament":return i`<mp-tournament .session=${t.session}></mp-tournament>`;case"tournaments":return i`<mp-tournaments></mp-tournaments>`;case"nowhere":return i`<main class="narrow" data-testid="nowhere"><h1>${n().errors.notFound}</h1><p class="hush">${n().errors.notFoundHint}</p><a class="button strong" href="/" data-testid="to-home">${n().common.home}</a></main>`}},v([E()],ot.prototype,"missing",2),ot=v([I("mp-app")],ot);export{ot as App};
