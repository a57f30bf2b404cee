#!/usr/bin/env bash
# EF Core on MySQL: a column binary(16) holds GUIDs in one of three orders of bytes, and does not say which
#
# Seen with   Pomelo.EntityFrameworkCore.MySql 9.0.0 and MySql.EntityFrameworkCore 10.0.12 (Oracle's)
# Input       one class with a Guid as its key, and the script that each provider makes of it, for each
#             GuidFormat of the connection string, and with EF Core's own converters.
# One guesses that a GUID has one form in a database, or that the column tells it.
# It is       char(36) by default with both; char(32); varchar(36) and varbinary(16) by EF Core's own
#             converters; and binary(16) for Binary16, LittleEndianBinary16 and TimeSwapBinary16 alike.
#             The same GUID has other bytes in each, and each reads as a GUID in the others' order:
#             another one. Oracle's provider has two of them, and calls the second Old Guids.
# So          who reads such a column must know the connection string that wrote it, or look at many ids:
#             in the right order alone all of them have a version where it belongs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# make NAME PACKAGE VERSION USE FORMAT...: prints, per format, the type of the column and what is written.
make() {
  local name=$1 package=$2 version=$3 use=$4
  shift 4
  mkdir "$work/$name"
  cat >"$work/$name/$name.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><RollForward>Major</RollForward>
    <ImplicitUsings>enable</ImplicitUsings><NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="$package" Version="[$version]" /></ItemGroup>
</Project>
PROJECT
  cat >"$work/$name/Program.cs" <<CS
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using System.Text.RegularExpressions;

foreach (var format in args)
{
    using var db = new Db(format);
    var script = db.Database.GenerateCreateScript();
    var type = Regex.Match(script, "\`Id\` (\\\\w+\\\\(\\\\d+\\\\))").Groups[1];
    var value = Regex.Match(script, "VALUES \\\\(([^,)]*)").Groups[1];
    Console.WriteLine(\$"$name, {format}: {type} {value}");
}

public class Thing { public Guid Id { get; set; } }

public class Db(string format) : DbContext
{
    protected override void OnConfiguring(DbContextOptionsBuilder options)
    {
        var extra = format.Contains('=') ? ";" + format : "";
        var text = "Server=localhost;Database=messaging;User=x" + extra;
        $use;
        options.EnableServiceProviderCaching(false);
    }
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        if (format == "text") conventions.Properties<Guid>().HaveConversion<GuidToStringConverter>();
        if (format == "bytes") conventions.Properties<Guid>().HaveConversion<GuidToBytesConverter>();
    }
    protected override void OnModelCreating(ModelBuilder model) =>
        model.Entity<Thing>().HasData(new Thing { Id = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff") });
}
CS
  dotnet build "$work/$name" -v quiet --nologo -o "$work/bin-$name" >"$work/$name.log" 2>&1 ||
    { cat "$work/$name.log" >&2; return 2; }
  dotnet "$work/bin-$name/$name.dll" "$@"
}

stated="pomelo, default: char(36) '00112233-4455-4677-8899-aabbccddeeff'
pomelo, GuidFormat=Char32: char(32) '00112233445546778899aabbccddeeff'
pomelo, GuidFormat=Binary16: binary(16) 0x00112233445546778899AABBCCDDEEFF
pomelo, GuidFormat=LittleEndianBinary16: binary(16) 0x33221100554477468899AABBCCDDEEFF
pomelo, GuidFormat=TimeSwapBinary16: binary(16) 0x46774455001122338899AABBCCDDEEFF
pomelo, text: varchar(36) '00112233-4455-4677-8899-aabbccddeeff'
pomelo, bytes: varbinary(16) 0x33221100554477468899AABBCCDDEEFF
oracle, default: char(36) '00112233-4455-4677-8899-aabbccddeeff'
oracle, Old Guids=true: binary(16) 0x33221100554477468899AABBCCDDEEFF"
seen=$(
  make pomelo Pomelo.EntityFrameworkCore.MySql 9.0.0 \
    'options.UseMySql(text, new MariaDbServerVersion("10.11.0"))' \
    default GuidFormat=Char32 GuidFormat=Binary16 GuidFormat=LittleEndianBinary16 \
    GuidFormat=TimeSwapBinary16 text bytes
  make oracle MySql.EntityFrameworkCore 10.0.12 'options.UseMySQL(text)' default 'Old Guids=true'
)
printf '%s\n' "$seen"
[ "$seen" = "$stated" ] && echo "as stated" || { printf 'CHANGED. Stated was:\n%s\n' "$stated"; exit 1; }
