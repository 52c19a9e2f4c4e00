namespace Darkroom.Storage;

/// <summary>Says that bytes are in the store because of one write, and which.</summary>
/// <param name="Hash">SHA-256 of the bytes.</param>
/// <param name="ETag">The write.</param>
/// <param name="WrittenAt">Just before it, a time stamp of the store's clock.</param>
public sealed record ContentReceipt(string Hash, string ETag, long WrittenAt);
