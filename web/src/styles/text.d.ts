/** `import css from './x.css' with { loader: 'text' }`: the file as it is. */
declare module '*.css' {
  const text: string;
  export default text;
}
