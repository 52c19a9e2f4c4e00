namespace Darkroom.Storage;

/// <summary>Where blobs are kept.</summary>
public enum BlobStoreKind
{
    /// <summary>Files in a folder of this machine.</summary>
    Folder,

    /// <summary>A container of an Azure storage account, or of anything that speaks its protocol.</summary>
    Azure,
}
