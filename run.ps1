# The project's verbs on Windows: build, demo, test, bench, fuzz, fmt, docs, ci.
param([string]$Verb = 'help', [Parameter(ValueFromRemainingArguments = $true)][string[]]$Rest = @())
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
$env:DOTNET_NOLOGO = '1'

function Invoke-Build {
    dotnet build Crosstown.slnx -c Release -v quiet --nologo
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    New-Item -ItemType Directory -Force out | Out-Null
    Copy-Item -Recurse -Force src/Crosstown.Cli/bin/Release/net10.0/* out/
}

function Install-NodePackages([string[]]$Folders) {
    foreach ($folder in $Folders) {
        if ((Test-Path "$folder/package-lock.json") -and -not (Test-Path "$folder/node_modules/.ready")) {
            npm ci --prefix $folder --ignore-scripts --no-audit --no-fund --loglevel=error
            if ($LASTEXITCODE -eq 0) { New-Item -ItemType File "$folder/node_modules/.ready" | Out-Null }
            else { Write-Warning "npm could not install $folder; what needs it is left out" }
        }
    }
}

function Invoke-Tests {
    Install-NodePackages native/duckdb, tests/web
    Invoke-Build
    $passed = 0; $failed = 0; $skipped = 0
    foreach ($project in Get-ChildItem tests -Directory -Filter *.Tests) {
        Write-Output "== $($project.Name)"
        $lines = & "$($project.FullName)/bin/Release/net10.0/$($project.Name)" --no-progress @Rest 2>&1
        $lines
        $text = $lines -join "`n"
        if ($text -notmatch '(?m)^\s+total:') { $failed++; continue }
        if ($text -match '(?m)^\s+succeeded: (\d+)') { $passed += [int]$Matches[1] }
        if ($text -match '(?m)^\s+failed: (\d+)') { $failed += [int]$Matches[1] }
        if ($text -match '(?m)^\s+skipped: (\d+)') { $skipped += [int]$Matches[1] }
    }
    Write-Output '== web'
    $env:NO_COLOR = '1'
    $lines = npm run --silent --prefix web test 2>&1
    $lines
    $summary = ($lines -match '^ *Tests ') -join ' '
    if (-not $summary) { $failed++ }
    if ($summary -match '(\d+) passed') { $passed += [int]$Matches[1] }
    if ($summary -match '(\d+) failed') { $failed += [int]$Matches[1] }
    if ($summary -match '(\d+) skipped') { $skipped += [int]$Matches[1] }
    Write-Output "$passed passed, $failed failed, $skipped skipped"
    if ($failed -ne 0) { exit 1 }
}

switch ($Verb) {
    'build' { Invoke-Build }
    'demo' { Install-NodePackages native/duckdb; Invoke-Build; & out/crosstown demo @Rest; exit $LASTEXITCODE }
    'test' { Invoke-Tests }
    'ci' { Invoke-Tests }
    'bench' { Install-NodePackages native/duckdb; Invoke-Build; & bench/Crosstown.Bench/bin/Release/net10.0/Crosstown.Bench @Rest; exit $LASTEXITCODE }
    'fuzz' {
        Invoke-Build
        $env:CROSSTOWN_FUZZ_SECONDS = if ($Rest.Count -gt 0) { $Rest[0] } else { '60' }
        & tests/Crosstown.Logs.Tests/bin/Release/net10.0/Crosstown.Logs.Tests --no-progress --filter-class '*ReaderFuzzTests' --show-live-output on
        exit $LASTEXITCODE
    }
    'fmt' { dotnet format Crosstown.slnx @Rest }
    'docs' { Invoke-Build; & out/crosstown docs @Rest; exit $LASTEXITCODE }
    default { Write-Output 'usage: ./run.ps1 build | demo | test | bench | fuzz | fmt | docs | ci'; if ($Verb -ne 'help') { exit 2 } }
}
