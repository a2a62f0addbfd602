setInterval(()=>postMessage(0),100);
