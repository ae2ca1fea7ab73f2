[assembly: AssemblyFixture(typeof(Crosstown.Browser.Tests.LiveTown))]
[assembly: AssemblyFixture(typeof(Crosstown.Browser.Tests.Browser))]
// One browser and one machine: pages are looked at one after the other, so that their times mean something.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
