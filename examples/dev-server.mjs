/** A small web server, as `npm run dev` starts one: on the port `PORT`, without any dependency. */
import { createServer } from 'node:http';
import { basename } from 'node:path';

createServer(({ method, url }, response) => {
  console.log(`${method} ${url}`);
  if (url === '/crash') {
    console.error('out of memory');
    process.exit(1);
  }
  response.end(`Welcome to the ${basename(process.cwd())}`);
})
  .on('error', ({ message }) => {
    console.error(message);
    process.exitCode = 1;
  })
  .listen(Number(process.env.PORT), '127.0.0.1', function () {
    console.log(`Listening on http://127.0.0.1:${this.address().port}`);
  });
