using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Operations;

/// <summary>The events of the operational log. An id means one thing for good; <c>docs/operations.md</c> lists all of them with what to do.</summary>
internal static class LogEvents
{
    public static readonly EventId Started = new(3700, nameof(Started));
    public static readonly EventId Stopping = new(3701, nameof(Stopping));
    public static readonly EventId Stopped = new(3702, nameof(Stopped));
    public static readonly EventId LearningStopped = new(3710, nameof(LearningStopped));
    public static readonly EventId LearningFailed = new(3711, nameof(LearningFailed));
    public static readonly EventId ConfigurationChanged = new(3712, nameof(ConfigurationChanged));
    public static readonly EventId CityFileChanged = new(3713, nameof(CityFileChanged));
    public static readonly EventId RetentionDone = new(3720, nameof(RetentionDone));
    public static readonly EventId RetentionFailed = new(3721, nameof(RetentionFailed));
    public static readonly EventId VerifyDone = new(3722, nameof(VerifyDone));
    public static readonly EventId VerifyFoundDamage = new(3725, nameof(VerifyFoundDamage));
    public static readonly EventId CoverageFailed = new(3723, nameof(CoverageFailed));
    public static readonly EventId CoverageStopped = new(3724, nameof(CoverageStopped));
    public static readonly EventId RetentionStopped = new(3726, nameof(RetentionStopped));
    public static readonly EventId VerifyFailed = new(3727, nameof(VerifyFailed));
    public static readonly EventId VerifyStopped = new(3728, nameof(VerifyStopped));
    public static readonly EventId ImportRecordFailed = new(3730, nameof(ImportRecordFailed));
    public static readonly EventId PollingFailed = new(3753, nameof(PollingFailed));
    public static readonly EventId PositionsNotSaved = new(3754, nameof(PositionsNotSaved));
    public static readonly EventId NotReady = new(3740, nameof(NotReady));
    public static readonly EventId HealthStopped = new(3742, nameof(HealthStopped));
    public static readonly EventId ReadyAgain = new(3741, nameof(ReadyAgain));
    public static readonly EventId InboxWaits = new(3750, nameof(InboxWaits));
    public static readonly EventId InboxFailed = new(3751, nameof(InboxFailed));
    public static readonly EventId RetimingStopped = new(3760, nameof(RetimingStopped));
    public static readonly EventId RetimingFailed = new(3761, nameof(RetimingFailed));
    public static readonly EventId InboxFileFailed = new(3752, nameof(InboxFileFailed));
}
