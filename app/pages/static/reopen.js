(()=>{try{let e=sessionStorage.getItem("opened");if(e){let a=new URL(location.href);for(let[o,s]of new URLSearchParams(e))a.searchParams.set(o,s);location.replace(a)}}catch{}})();
