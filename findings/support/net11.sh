# For scripts of findings/: a program for .NET 11.0.0, built with an SDK of 10 or later, whose packages
# are Microsoft's server, client and runtime. Nothing of Parley runs.
set -euo pipefail
findings=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Builds the program on standard input, with support/Server.cs, as $work/bin/app.dll.
build_net11() {
  mkdir -p "$work/app"
  cat >"$work/app/Program.cs"
  cp "$findings/support/Server.cs" "$work/app/"
  cat >"$work/app/app.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net11.0</TargetFramework></PropertyGroup>
  <Import Project="$findings/../tests/dotnet/net11.props" />
  <ItemGroup><PackageReference Include="Microsoft.AspNetCore.SignalR.Client" Version="11.0.0" /></ItemGroup>
</Project>
PROJECT
  dotnet build "$work/app" -c Release -v quiet --nologo -o "$work/bin" -p:DotnetRoot="$work/net11" >"$work/build.log" 2>&1 ||
    { cat "$work/build.log" >&2; return 2; }
}

# Builds it, and runs it.
run_net11() {
  build_net11
  "$work/net11/dotnet" "$work/bin/app.dll"
}

# Starts the server alone; $url is where its hub is. It ends with this script.
serve_net11() {
  build_net11 <<'CS'
await using var app = await Server.Start(endsWithToken: args[0] == "ends");
Console.WriteLine(app.Urls.First() + "/hub");
await Task.Run(() => Console.In.ReadToEnd());
CS
  coproc SERVER { "$work/net11/dotnet" "$work/bin/app.dll" "$1"; }
  read -r url <&"${SERVER[0]}"
}

# Runs the ES module on standard input with @microsoft/signalr of the version named, for the hub at $url.
run_npm() {
  (cd "$work" && echo '{"type": "module"}' >package.json &&
    npm install --no-audit --no-fund --loglevel=error "@microsoft/signalr@$1" >npm.log 2>&1) ||
    { cat "$work/npm.log" >&2; return 2; }
  cat >"$work/run.mjs"
  (cd "$work" && node run.mjs "$url")
}

# Compares what was seen with what is stated at the top of the script, and says so.
expect() {
  local seen=$1 stated=$2
  printf '%s\n' "$seen"
  [ "$seen" = "$stated" ] && echo "as stated" || { printf 'CHANGED. Stated was:\n%s\n' "$stated"; return 1; }
}
